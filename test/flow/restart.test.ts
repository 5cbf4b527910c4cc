import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../local/clock.ts';
import { boot } from '../../local/cloud/boot.ts';
import { ASSEMBLY_DIR } from '../harness/assembly.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';

const TENANT = '5b1f0a52-1b8e-4d0c-8a57-7f6f5f0f9d31';
const COUNT = 60;

describe('a restart', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-restart-'));
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(async () => {
    await receiver.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = () =>
    boot({
      assemblyDir: ASSEMBLY_DIR,
      dataDir,
      port: 0,
      clock: systemClock,
      parameters: {
        OperatorTokenHashes: createHash('sha256').update('token').digest('hex'),
        LoopbackDestinations: 'allow',
      },
    });
  const call = (url: string, method: string, path: string, body: unknown) =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: 'Bearer token', 'x-tenant-id': TENANT, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('loses nothing that was acknowledged, wherever it had got to', async () => {
    const first = await start();
    await call(first.url, 'PUT', `/admin/tenants/${TENANT}`, { integrations_enabled: true });
    await call(first.url, 'POST', '/connections', {
      connector_type: 'webhook',
      config: { url: receiver.url },
    });
    await call(first.url, 'PATCH', '/connections/webhook', { state: 'enabled' });
    const events = Array.from({ length: COUNT }, (_, index) => companyUpdated(`event-${index}`));
    const published = await call(first.url, 'POST', '/events', { events });
    expect(published.status).toBe(202);
    await first.stop();

    const second = await start();
    const ids = () => new Set(receiver.requests.map(({ headers }) => headers['webhook-id']));
    await until('all events arrive', () => ids().size === COUNT);
    const repeated = await call(second.url, 'POST', '/events', { events: events.slice(0, 1) });
    expect(await repeated.json()).toMatchObject({ results: [{ status: 'duplicate' }] });
    await second.stop();
  });
});
