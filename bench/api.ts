import { randomUUID } from 'node:crypto';
import { type ApiTarget, callApi, connectWebhook, tenantCalls } from '../local/api-client.ts';
import type { SampleEvent } from './events.ts';

/** One POST of events that was answered. Times are of `performance.now()`. */
export interface Publication {
  readonly tenantId: string;
  readonly sentAtMs: number;
  readonly eventIds: readonly string[];
  readonly requestBytes: number;
  readonly answerBytes: number;
}

/** Makes a tenant with one enabled webhook connection to `destination`; answers the tenant's id. */
export const connectTenant = async (api: ApiTarget, destination: string): Promise<string> => {
  const tenantId = randomUUID();
  await connectWebhook(tenantCalls(api, tenantId, 400), tenantId, destination);
  return tenantId;
};

/** Publishes events in one POST. Throws unless each was accepted. */
export const publish = async (
  api: ApiTarget,
  tenantId: string,
  events: readonly SampleEvent[],
): Promise<Publication> => {
  const body = JSON.stringify({ events });
  const sentAtMs = performance.now();
  const { status: code, text } = await callApi(api, { method: 'POST', path: '/events', tenantId, body });
  if (code !== 202) throw new Error(`POST /events answered ${code}: ${text}`);
  // What the contract says of an answer with status 202.
  const { results }: { results: readonly { event_id: string; status: string }[] } = JSON.parse(text);
  const refused = results.find(({ status }) => status !== 'accepted');
  if (refused) throw new Error(`An event was not accepted: ${JSON.stringify(refused)}`);
  return {
    tenantId,
    sentAtMs,
    eventIds: results.map(({ event_id }) => event_id),
    requestBytes: Buffer.byteLength(body),
    answerBytes: Buffer.byteLength(text),
  };
};
