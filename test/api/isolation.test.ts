import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../contracts/all-routes.ts';
import type { routeDocs } from '../../contracts/route-docs.ts';
import { type Route, routeKey } from '../../contracts/routes.ts';
import { type Answer, connectWebhook } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { until } from '../harness/until.ts';
import { bodyOf, pathOf } from './sample-requests.ts';
import { type Api, startApi, type Tenant } from './start-api.ts';

const MARK = 'mark-of-the-owner';

interface Owner extends Tenant {
  readonly connectionId: string;
  readonly signingSecret: string;
  readonly eventId: string;
  /** Of a connect that is under way. */
  readonly state: string;
}

/** What a caller for another tenant is answered; how that shows nothing of the owner is what each route decides. */
type Decision = (answer: Answer, owner: Owner, other: Tenant) => void;

const problemOf = ({ status, json }: Answer) => [status, json.code];
const sameForAll: Decision = ({ status }) => expect(status).toBe(200);

/** Only the operator may call it, and he sees all tenants. */
const acrossTenants: Decision = ({ status }) => expect(status).toBe(200);

const decisions: Readonly<Record<keyof typeof routeDocs, Decision>> = {
  'GET /health': sameForAll,
  'GET /providers': sameForAll,
  'GET /openapi.json': sameForAll,
  'PUT /admin/tenants/{tenant_id}': ({ json }, _, other) => expect(json.tenant_id).toBe(other.tenantId),
  'GET /admin/tenants/{tenant_id}': ({ json }, _, other) => expect(json.tenant_id).toBe(other.tenantId),
  'GET /connections': ({ json }) => expect(json.items).toEqual([]),
  'POST /connections': ({ status }) => expect(status).toBe(201),
  'GET /connections/{connector_type}': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'connection.not_found']),
  'PATCH /connections/{connector_type}': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'connection.not_found']),
  'PUT /admin/providers/{provider}': sameForAll,
  'POST /connect/{provider}': ({ json }, _, other) =>
    expect(new URL(json.authorize_url).searchParams.get('state')).toContain(
      other.tenantId.replaceAll('-', ''),
    ),
  'GET /connect/{provider}/callback': (answer) =>
    expect(problemOf(answer)).toEqual([400, 'connect.state_invalid']),
  'DELETE /connections/{connector_type}': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'connection.not_found']),
  'POST /connections/{connector_type}/pause': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'connection.not_found']),
  'POST /connections/{connector_type}/resume': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'connection.not_found']),
  'GET /connections/{connector_type}/health': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'connection.not_found']),
  'POST /connections/{connector_type}/test': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'connection.not_found']),
  'GET /connections/{connector_type}/activity': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'connection.not_found']),
  'GET /admin/connections': acrossTenants,
  'GET /admin/activity': acrossTenants,
  'GET /v1/occasions/{occasion_id}/integrations': ({ json }) => expect(json.items).toEqual([]),
  'POST /v1/occasions/{occasion_id}/integrations/connections': ({ status }) => expect(status).toBe(201),
  'PATCH /v1/occasions/{occasion_id}/integrations/connections/{connection_id}': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'connection.not_found']),
  'POST /admin/rewraps': ({ status }) => expect(status).toBe(202),
  'GET /admin/rewraps/{rewrap_id}': (answer) => expect(problemOf(answer)).toEqual([404, 'rewrap.not_found']),
  'DELETE /admin/rewraps/{rewrap_id}': (answer) =>
    expect(problemOf(answer)).toEqual([404, 'rewrap.not_found']),
  'POST /events': ({ json }) => expect(json.results).toMatchObject([{ status: 'accepted' }]),
  'GET /events/{event_id}': (answer) => expect(problemOf(answer)).toEqual([404, 'event.not_found']),
};

const event = companyUpdated(MARK, { name: `Name ${MARK}` });
// The same key and content as the owner's: only the tenant differs.
const bodies: Readonly<Record<string, unknown>> = { 'POST /events': { events: [event] } };

let api: Api;
let owner: Owner;
beforeAll(async () => {
  api = await startApi();
  const tenant = await connectWebhook(api.cloud, `https://example.com/${MARK}`, {
    events: { 'company.updated': false },
  });
  const { json } = await api.publish(tenant.headers, event);
  const state = await api.beginConnect(tenant.headers);
  owner = { ...tenant, eventId: json.results[0].event_id, state };
  await until('the delivery is skipped', async () =>
    JSON.stringify(await ownersView()).includes('"skipped"'),
  );
});
afterAll(() => api.stop());

/** All that the API shows of the owner to the owner. The table keeps no order of a configuration's fields. */
const ownersView = async (): Promise<unknown[]> => {
  const paths = [
    '/connections',
    '/connections/webhook',
    '/connections/webhook/health',
    '/connections/webhook/activity',
    `/events/${owner.eventId}`,
    `/admin/tenants/${owner.tenantId}`,
  ];
  const answers = await Promise.all(paths.map((path) => api.call('GET', path, { headers: owner.headers })));
  return answers.map(({ json }) => json);
};

const callFor = (route: Route, other: Tenant): Promise<Answer> => {
  const path = pathOf(route, { tenant_id: other.tenantId, event_id: owner.eventId });
  const body = route.body ? (bodies[routeKey(route)] ?? bodyOf(route)) : undefined;
  // The owner's state, as one of the other tenant.
  const state = owner.state.replace(/^[^.]*/, other.tenantId.replaceAll('-', ''));
  const query = route.query ? `?code=any&state=${state}` : '';
  return api.call(route.method, `${path}${query}`, { headers: other.headers, body });
};

const marksIn = (text: string) =>
  Object.entries({ ...owner, headers: '', mark: MARK }).filter(
    ([, mark]) => mark !== '' && text.includes(String(mark)),
  );

describe('a caller for another tenant', () => {
  it('is decided about on every route and on no other', () => {
    expect(Object.keys(decisions).sort()).toEqual(routes.map(routeKey).sort());
  });

  it('would be noticed: the owner is shown all marks but the secret', async () => {
    const shown = marksIn(JSON.stringify(await ownersView())).map(([name]) => name);
    expect(shown.sort()).toEqual(['connectionId', 'eventId', 'mark', 'tenantId']);
  });

  it.each(routes as readonly Route[])(
    'sees and changes nothing of the owner: $method $path',
    async (route) => {
      const before = await ownersView();
      for (const enabled of [true, false]) {
        const other = await api.newTenant({ enabled });
        const answer = await callFor(route, other);
        if (route.access !== 'platform') expect(marksIn(answer.text)).toEqual([]);
        expect(answer.text).not.toContain(owner.signingSecret);
        if (enabled) decisions[routeKey(route) as keyof typeof decisions](answer, owner, other);
      }
      expect(await ownersView()).toEqual(before);
    },
  );

  it('cannot reach the owner through a second header, a query or the body', async () => {
    const other = await api.newTenant();
    const paths = [
      '/connections',
      '/connections/webhook',
      '/connections/webhook/activity',
      `/events/${owner.eventId}`,
    ];
    for (const path of paths) {
      const query = `?tenant_id=${owner.tenantId}&x-tenant-id=${owner.tenantId}`;
      const headers = { ...other.headers, 'x-tenant': owner.tenantId, tenant_id: owner.tenantId };
      const cookie = `x-tenant-id=${owner.tenantId}`;
      expect(
        marksIn((await api.call('GET', `${path}${query}`, { headers: { ...headers, cookie } })).text),
      ).toEqual([]);
    }
    const body = { connector_type: 'webhook', tenant_id: owner.tenantId, connection_id: owner.connectionId };
    const { status, text } = await api.call('POST', '/connections', { headers: other.headers, body });
    expect([status, marksIn(text)]).toEqual([201, []]);
  });

  it('gets other ids for the same key and content', async () => {
    const other = await api.newTenant();
    const { json } = await api.publish(other.headers, event);
    const seen = await api.call('GET', `/events/${json.results[0].event_id}`, { headers: other.headers });
    expect(seen.json.event.tenant_id).toBe(other.tenantId);
    expect(seen.text).not.toContain(owner.eventId);
    expect(seen.text).not.toContain(owner.tenantId);
  });
});
