import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { connectProvider, connectWebhook, type TenantCall, tenantCalls } from './api-client.ts';
import type { ScenarioTarget } from './permissions-target.ts';

const VENDORS = ['hubspot', 'github'];

const PATIENCE_MS = 20_000;
const POLL_MS = 20;

/** What happens to each event, told by its idempotency key. */
const ENDINGS = { fine: 'delivered', refused: 'quarantined', busy: 'delivered' } as const;

/**
 * A destination that refuses one event for good and another once, for a second. Requests to other paths do not count:
 * they are from the deliveries of a run whose destination had the same port before.
 */
export const startDestination = async () => {
  const path = `/${randomUUID()}`;
  let wasBusy = false;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url !== path) return response.writeHead(404).end();
    if (body.includes('cmp_refused')) return response.writeHead(400).end();
    if (!body.includes('cmp_busy') || wasBusy) return response.writeHead(204).end();
    wasBusy = true;
    return response.writeHead(503, { 'retry-after': '1' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
};

const eventOf = (key: string, data: Readonly<Record<string, unknown>>) => ({
  event_type: 'company.updated',
  schema_version: 'v1',
  occurred_at: '2026-11-20T08:30:00.000Z',
  idempotency_key: key,
  data,
});

interface Published {
  readonly event_id?: string;
}

const publish = async (call: TenantCall, keys: readonly string[]): Promise<readonly string[]> => {
  const good = keys.map((key) =>
    eventOf(key, { company_id: `cmp_${key}`, name: 'Example Industries', domain: 'example.com' }),
  );
  const { results } = await call('POST', '/events', { events: [...good, eventOf('bad', {})] });
  const eventIds = (results as readonly Published[] | undefined)?.flatMap(({ event_id }) => event_id ?? []);
  if (eventIds?.length !== good.length) throw new Error('POST /events did not take what it should');
  return eventIds;
};

interface Outcome {
  readonly deliveries?: readonly { readonly state: string }[];
}

const settled = async (
  call: TenantCall,
  eventId: string,
  state: string,
  signal: AbortSignal,
): Promise<void> => {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const { deliveries }: Outcome = await call('GET', `/events/${eventId}`);
    if (deliveries?.[0]?.state === state) return;
    if (Date.now() > giveUpAt) throw new Error(`The event ${eventId} was not ${state} in time`);
    await pause(POLL_MS, undefined, { signal });
  }
};

const readAll = async (call: TenantCall, tenantId: string): Promise<void> => {
  const paths = [
    '/health',
    '/providers',
    '/openapi.json',
    '/nowhere',
    '/connections',
    '/connections?scope=occasion&scope_id=any',
    '/v1/occasions/any/integrations',
    '/connections/webhook',
    '/connections/webhook/health',
    '/connections/webhook/activity',
    '/admin/connections',
    '/admin/activity',
  ];
  for (const path of [...paths, `/admin/tenants/${tenantId}`]) await call('GET', path);
};

/** A pause with nothing to wait for is forgotten by the sweep; then one whose delivery waits, until it is sent back. */
const pauseAndResume = async (
  call: TenantCall,
  { fireSchedules }: ScenarioTarget,
  signal: AbortSignal,
): Promise<void> => {
  await call('POST', '/connections/webhook/pause');
  await call('POST', '/connections/webhook/resume');
  await fireSchedules();
  await call('POST', '/connections/webhook/pause');
  const [eventId = ''] = await publish(call, ['parked']);
  await settled(call, eventId, 'parked', signal);
  await call('POST', '/connections/webhook/resume');
  await fireSchedules();
  await settled(call, eventId, 'delivered', signal);
};

const RUNS_MAX = 20;

/** The keys are rotated, all data keys wrapped anew, by as many runs as it takes, and another rewrap is cancelled. */
const rewrapAll = async (
  call: TenantCall,
  { fireSchedules, rotateKeys }: Pick<ScenarioTarget, 'fireSchedules' | 'rotateKeys'>,
): Promise<void> => {
  await rotateKeys();
  const { rewrap_id } = await call('POST', '/admin/rewraps', {});
  for (let runs = 0; ; runs += 1) {
    await fireSchedules();
    const { state } = await call('GET', `/admin/rewraps/${rewrap_id}`);
    if (state === 'done') break;
    if (runs >= RUNS_MAX) throw new Error(`The rewrap was ${state} after ${runs} runs`);
  }
  const another = await call('POST', '/admin/rewraps', {});
  await call('DELETE', `/admin/rewraps/${another['rewrap_id']}`);
};

/**
 * Secrets are rotated, retired and destroyed, and the connections are tested and revoked. By then a second has passed
 * since HubSpot was connected, for which an event had to wait, so that its access token is renewed.
 */
const endConnections = async (call: TenantCall): Promise<void> => {
  for (const overlap_hours of [1, 0])
    await call('PATCH', '/connections/webhook', { secrets: {}, overlap_hours });
  for (const type of ['webhook', 'hubspot']) await call('POST', `/connections/${type}/test`);
  await call('DELETE', '/connections/webhook');
  for (const provider of VENDORS) await call('DELETE', `/connections/${provider}`);
};

/**
 * Does over the API all that a role may be needed for: a tenant, a connection with a secret, two through OAuth, events
 * that are delivered, refused, retried and quarantined, every GET route, a pause, a rewrap, and the end of the connections. Takes
 * a second or two. The cloud must have been booted with a `startLenientVendor` in the place of both vendors.
 * @throws Error when the API fails or an event does not end as it should; the signal's reason when it aborts
 */
export const runPermissionsScenario = async (
  target: ScenarioTarget,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> => {
  const tenantId = randomUUID();
  const call = tenantCalls(target, tenantId, 500, signal);
  const destination = await startDestination();
  try {
    await connectWebhook(call, tenantId, destination.url);
    // The one takes PKCE and the other does not.
    for (const provider of VENDORS) await connectProvider(call, provider);
    const eventIds = await publish(call, Object.keys(ENDINGS));
    await readAll(call, tenantId);
    const states = Object.values(ENDINGS);
    await Promise.all(eventIds.map((id, index) => settled(call, id, states[index] ?? '', signal)));
    await pauseAndResume(call, target, signal);
    await rewrapAll(call, target);
    await endConnections(call);
  } finally {
    destination.close();
  }
};
