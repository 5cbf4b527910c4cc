import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const examplesDir = join(import.meta.dirname, '../../examples');
const EVENTS_PER_REQUEST = 10;
// The pace of a busy product, and not of a load test: the view should show what a delivery takes.
const PAUSE_MS = 80;

export interface DemoTarget {
  /** Base URL of the HTTP API. */
  readonly apiUrl: string;
  readonly operatorToken: string;
}

const makeCall =
  ({ apiUrl, operatorToken }: DemoTarget, tenantId: string) =>
  async (method: string, path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${operatorToken}`,
        'x-tenant-id': tenantId,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    // The API's own answers are objects.
    return (await response.json()) as Record<string, unknown>;
  };

/** The sample events, file by file. */
const sampleEvents = (): unknown[] =>
  readdirSync(examplesDir)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => JSON.parse(readFileSync(join(examplesDir, file), 'utf8')) as unknown[]);

export interface DemoTenant {
  readonly tenantId: string;
  /** Publishes all sample events; answers how many. */
  readonly publish: () => Promise<number>;
}

/** A new tenant with an enabled webhook connection to `receiverUrl`, made over the API as anyone would. */
export const createDemoTenant = async (
  target: DemoTarget,
  receiverUrl: string,
  onSecret: (signingSecret: string) => void,
): Promise<DemoTenant> => {
  const tenantId = randomUUID();
  const call = makeCall(target, tenantId);
  await call('PUT', `/admin/tenants/${tenantId}`, { integrations_enabled: true });
  const created = await call('POST', '/connections', {
    connector_type: 'webhook',
    config: { url: receiverUrl },
  });
  const secrets = created['secrets'] as { readonly signing_secret: string };
  onSecret(secrets.signing_secret);
  await call('PATCH', '/connections/webhook', { state: 'enabled' });
  return {
    tenantId,
    async publish() {
      const events = sampleEvents();
      for (let start = 0; start < events.length; start += EVENTS_PER_REQUEST) {
        await call('POST', '/events', { events: events.slice(start, start + EVENTS_PER_REQUEST) });
        await pause(PAUSE_MS);
      }
      return events.length;
    },
  };
};
