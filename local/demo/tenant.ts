import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ApiTarget, connectWebhook, tenantCalls } from '../api-client.ts';
import { connectAt } from '../vendor/local-vendors.ts';

const examplesDir = join(import.meta.dirname, '../../examples');
const EVENTS_PER_REQUEST = 10;
// The pace of a busy product, and not of a load test: the view should show what a delivery takes.
const PAUSE_MS = 80;

/** The sample events, file by file. */
const sampleEvents = (): unknown[] =>
  readdirSync(examplesDir)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => JSON.parse(readFileSync(join(examplesDir, file), 'utf8')) as unknown[]);

export interface DemoTenant {
  readonly tenantId: string;
  /** Connects it to a vendor through OAuth and tests the connection; answers the health that was found. */
  readonly connect: (vendor: string) => Promise<string>;
  /** Publishes all sample events; answers how many. */
  readonly publish: () => Promise<number>;
}

/** The sample tenant with an enabled webhook connection to `receiverUrl`, made over the API as anyone would. */
export const createDemoTenant = async (
  target: ApiTarget,
  tenantId: string,
  receiverUrl: string,
  onSecret: (signingSecret: string) => void,
): Promise<DemoTenant> => {
  const call = tenantCalls(target, tenantId, 400);
  const created = await connectWebhook(call, tenantId, receiverUrl);
  const { signing_secret } = created['secrets'] as { readonly signing_secret: string };
  onSecret(signing_secret);
  return {
    tenantId,
    async connect(vendor) {
      await connectAt(call, vendor);
      const { status } = await call('POST', `/connections/${vendor}/test`);
      return String(status);
    },
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
