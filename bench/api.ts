import { randomUUID } from 'node:crypto';
import type { SampleEvent } from './events.ts';

/** The HTTP API, called as the operator. */
export interface Api {
  readonly url: string;
  readonly token: string;
}

export interface ApiAnswer {
  readonly json: unknown;
  readonly bytes: number;
}

/** One POST of events that was answered. Times are of `performance.now()`. */
export interface Publication {
  readonly tenantId: string;
  readonly sentAtMs: number;
  readonly eventIds: readonly string[];
  readonly requestBytes: number;
  readonly answerBytes: number;
}

/** Calls one route for a tenant. Throws when the answer is not a success. */
export const callApi = async (
  { url, token }: Api,
  method: string,
  path: string,
  tenantId: string,
  body?: string,
): Promise<ApiAnswer> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'x-tenant-id': tenantId,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return { json: JSON.parse(text), bytes: Buffer.byteLength(text) };
};

/** Makes a tenant with one enabled webhook connection to `destination`; answers the tenant's id. */
export const connectTenant = async (api: Api, destination: string): Promise<string> => {
  const tenantId = randomUUID();
  const call = (method: string, path: string, body: object) =>
    callApi(api, method, path, tenantId, JSON.stringify(body));
  await call('PUT', `/admin/tenants/${tenantId}`, { integrations_enabled: true });
  await call('POST', '/connections', { connector_type: 'webhook', config: { url: destination } });
  await call('PATCH', '/connections/webhook', { state: 'enabled' });
  return tenantId;
};

/** Publishes events in one POST. Throws unless each was accepted. */
export const publish = async (
  api: Api,
  tenantId: string,
  events: readonly SampleEvent[],
): Promise<Publication> => {
  const body = JSON.stringify({ events });
  const sentAtMs = performance.now();
  const { json, bytes } = await callApi(api, 'POST', '/events', tenantId, body);
  // What the contract says of an answer with status 202.
  const { results } = json as { results: readonly { event_id: string; status: string }[] };
  const refused = results.find(({ status }) => status !== 'accepted');
  if (refused) throw new Error(`An event was not accepted: ${JSON.stringify(refused)}`);
  return {
    tenantId,
    sentAtMs,
    eventIds: results.map(({ event_id }) => event_id),
    requestBytes: Buffer.byteLength(body),
    answerBytes: bytes,
  };
};
