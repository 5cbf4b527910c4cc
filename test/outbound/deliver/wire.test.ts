import { afterEach, describe, expect, it, vi } from 'vitest';
import { Env } from '#functions/outbound/deliver/env.ts';
import { wire } from '#functions/outbound/deliver/wire.ts';
import { deliveryIdOf, eventIdOf } from '#functions/outbound/keys.ts';
import { randomId } from '#functions/platform/ids.ts';
import { sampleConnector } from '../../harness/connector.ts';
import { recordedLog } from '../../harness/recorded-log.ts';
import { startedSqs, takeNow } from '../../local/sqs/sqs-fixture.ts';

const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const pointer = {
  tenant_id: TENANT,
  delivery_id: deliveryIdOf(eventIdOf(TENANT, 'key'), randomId('con')),
  connector_type: 'sample',
};

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The dependencies of delivery over a real SQS with a lane and its quarantine. */
const wired = async () => {
  const sqs = await startedSqs();
  const [lane, quarantine] = ['lane', 'quarantine'].map((name) => sqs.server.ensureQueue(name, {}));
  if (!lane || !quarantine) throw new Error('both queues were made');
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', sqs.server.endpoint);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const env = Env.parse({
    CONNECTOR_TYPE: 'sample',
    CONNECTIONS_TABLE: 'connections',
    LIMITS_TABLE: 'limits',
    SECRETS_TABLE: 'secrets',
    OUTBOX_TABLE: 'outbox',
    DELIVERIES_TABLE: 'deliveries',
    KEY_ID: 'key',
    LANE_URL: sqs.server.url('lane'),
    QUARANTINE_URL: sqs.server.url('quarantine'),
    LEASE_SECONDS: '70',
    DELIVERY_RETENTION_DAYS: '30',
    LOOPBACK_DESTINATIONS: 'refuse',
  });
  const around = { log: recordedLog().log, now: sqs.clock.now, random: () => 0 };
  return { ...sqs, lane, quarantine, env, deps: wire(env, sampleConnector(), around) };
};

describe('the queues of delivery', () => {
  it.each([
    [-5, 0],
    [0, 0],
    [1, 1000],
    [2500, 3000],
    [900_000, 900_000],
    [10_800_000, 900_000],
  ])(
    'bring a pointer back that is sent for in %d ms after %d: never too early, and in steps of SQS’s longest delay',
    async (askedMs, delayMs) => {
      const { deps, lane, clock } = await wired();
      await deps.sendLater(pointer, askedMs);
      if (delayMs > 0) {
        await clock.advance(delayMs - 1);
        expect(await takeNow(lane)).toEqual([]);
        await clock.advance(1);
      }
      const taken = (await takeNow(lane)).map(({ content }) => content);
      expect(taken).toMatchObject([{ body: JSON.stringify(pointer), groupId: TENANT }]);
    },
  );

  it('keep what is quarantined apart from the lane', async () => {
    const { deps, lane, quarantine } = await wired();
    const quarantined = { ...pointer, quarantine_id: 'qua_1' };
    await deps.sendToQuarantine(quarantined);
    const bodies = (await takeNow(quarantine)).map(({ content }) => JSON.parse(content.body));
    expect([bodies, await takeNow(lane)]).toEqual([[quarantined], []]);
  });

  it('fail the caller when they do not take a pointer', async () => {
    const { env, server } = await wired();
    const nowhere = { ...env, LANE_URL: server.url('nowhere') };
    const deps = wire(nowhere, sampleConnector(), { log: () => {}, now: () => 0, random: () => 0 });
    await expect(deps.sendLater(pointer, 0)).rejects.toThrow('did not take the message');
  });
});

describe('the settings of delivery', () => {
  it('come from the environment, in milliseconds and days', async () => {
    const { deps } = await wired();
    expect([deps.leaseMs, deps.retentionDays]).toEqual([70_000, 30]);
  });

  it('refuse destinations on this machine unless they are allowed', async () => {
    const { deps } = await wired();
    const timeouts = { connectMs: 1000, headersMs: 1000, totalMs: 1000 };
    const request = {
      method: 'POST',
      url: 'https://127.0.0.1/',
      headers: {},
      timeouts,
      responseBytesMax: 1,
    } as const;
    expect(await deps.http.send(request)).toMatchObject({ outcome: 'failed', code: 'private_address' });
  });
});
