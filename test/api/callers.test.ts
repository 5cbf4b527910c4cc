import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../contracts/all-routes.ts';
import type { routeDocs } from '../../contracts/route-docs.ts';
import { type Route, routeKey } from '../../contracts/routes.ts';
import { OPERATOR_TOKEN } from '../harness/cloud.ts';
import { startTestIssuer, type TestIssuer } from '../harness/issuer.ts';
import { makeSigner } from '../harness/signer.ts';
import { bodyOf, pathOf, SAMPLE_TENANT_ID } from './sample-requests.ts';
import { type Api, startApi } from './start-api.ts';

/** Who may call a route: anyone, a tenant's members, its admins alone, or only those who operate the product. */
type Decision = 'anyone' | 'members' | 'admins' | 'operators';

const decisions: Readonly<Record<keyof typeof routeDocs, Decision>> = {
  'GET /health': 'anyone',
  'GET /providers': 'anyone',
  'GET /openapi.json': 'anyone',
  'PUT /admin/tenants/{tenant_id}': 'operators',
  'GET /admin/tenants/{tenant_id}': 'operators',
  'GET /admin/connections': 'operators',
  'GET /admin/activity': 'operators',
  'POST /admin/rewraps': 'operators',
  'GET /admin/rewraps/{rewrap_id}': 'operators',
  'DELETE /admin/rewraps/{rewrap_id}': 'operators',
  'PUT /admin/providers/{provider}': 'operators',
  'POST /connect/{provider}': 'admins',
  'GET /connect/{provider}/callback': 'anyone',
  'GET /connections': 'members',
  'POST /connections': 'admins',
  'GET /connections/{connector_type}': 'members',
  'PATCH /connections/{connector_type}': 'admins',
  'DELETE /connections/{connector_type}': 'admins',
  'POST /connections/{connector_type}/pause': 'admins',
  'POST /connections/{connector_type}/resume': 'admins',
  'GET /connections/{connector_type}/health': 'members',
  'GET /connections/{connector_type}/activity': 'members',
  'POST /connections/{connector_type}/test': 'admins',
  'GET /v1/occasions/{occasion_id}/integrations': 'members',
  'POST /v1/occasions/{occasion_id}/integrations/connections': 'admins',
  'PATCH /v1/occasions/{occasion_id}/integrations/connections/{connection_id}': 'admins',
  'POST /events': 'admins',
  'GET /events/{event_id}': 'members',
};

/** What a route answers those whom it serves, where the sample request does not get the route's own status. */
const served: Readonly<Record<string, string>> = {
  // The sample names no state.
  'GET /connect/{provider}/callback': '422 request.invalid',
  'POST /connections': '409 connection.exists',
  'POST /v1/occasions/{occasion_id}/integrations/connections': '409 connection.exists',
  'PATCH /v1/occasions/{occasion_id}/integrations/connections/{connection_id}': '404 connection.not_found',
  // The routes are called in their order, so by then it was revoked.
  'POST /connections/{connector_type}/test': '409 connection.revoked',
  'GET /events/{event_id}': '404 event.not_found',
  // One is running all the time, and the sample names another.
  'POST /admin/rewraps': '409 rewrap.running',
  'GET /admin/rewraps/{rewrap_id}': '404 rewrap.not_found',
  'DELETE /admin/rewraps/{rewrap_id}': '404 rewrap.not_found',
};

const callers = [
  'nobody',
  'wrong',
  'expired',
  'foreign',
  'member',
  'admin',
  'super_admin',
  'operator',
] as const;
type CallerName = (typeof callers)[number];

const refusals: Readonly<Record<Exclude<Decision, 'anyone'>, Partial<Record<CallerName, string>>>> = {
  members: { foreign: '403 tenant.foreign' },
  admins: { foreign: '403 tenant.foreign', member: '403 auth.forbidden' },
  operators: { foreign: '403 auth.forbidden', member: '403 auth.forbidden', admin: '403 auth.forbidden' },
};
const withoutProof: Partial<Record<CallerName, string>> = {
  // The gateway's own answer: without the header it does not ask the authorizer.
  nobody: '401',
  wrong: '401 auth.token_invalid',
  expired: '401 auth.token_expired',
};

const expectedOf = (route: Route): Record<string, string> => {
  const key = routeKey(route);
  const decision = decisions[key as keyof typeof decisions];
  const refused = decision === 'anyone' ? {} : { ...withoutProof, ...refusals[decision] };
  const ownStatus = served[key] ?? String(route.status);
  return Object.fromEntries(callers.map((name) => [name, refused[name] ?? ownStatus]));
};

let issuer: TestIssuer;
let api: Api;
let tokens: Readonly<Record<CallerName, string | undefined>>;
beforeAll(async () => {
  const ofSample = { tenantId: SAMPLE_TENANT_ID };
  issuer = await startTestIssuer([
    { clientId: 'foreign', roles: ['tenant_admin'], tenantId: randomUUID() },
    { clientId: 'member', roles: ['tenant_member'], ...ofSample },
    { clientId: 'admin', roles: ['tenant_admin'], ...ofSample },
    { clientId: 'super_admin', roles: ['super_admin'] },
  ]);
  api = await startApi({ parameters: issuer.parameters });
  const [foreign, member, admin, super_admin] = await Promise.all(
    ['foreign', 'member', 'admin', 'super_admin'].map(issuer.tokenOf),
  );
  const stranger = await makeSigner('ES256');
  const wrong = await stranger.sign({ iss: issuer.url, aud: 'crossdock', sub: 'x', exp: 4_000_000_000 });
  const expired = await issuer.sign(SAMPLE_TENANT_ID, { exp: 1_000_000_000 });
  tokens = {
    nobody: undefined,
    wrong,
    expired,
    foreign,
    member,
    admin,
    super_admin,
    operator: OPERATOR_TOKEN,
  };
  const named = { headers: { 'x-tenant-id': SAMPLE_TENANT_ID } };
  await api.call('PUT', `/admin/tenants/${SAMPLE_TENANT_ID}`, { body: { integrations_enabled: true } });
  const body = { connector_type: 'webhook', config: { url: 'https://example.com/hooks' } };
  await api.call('POST', '/connections', { ...named, body });
  await api.call('POST', '/v1/occasions/summer-fair/integrations/connections', { ...named, body });
  await api.call('POST', '/admin/rewraps', { body: {} });
});
afterAll(async () => {
  await api.stop();
  await issuer.stop();
});

const answerTo = async (route: Route, name: CallerName): Promise<string> => {
  const token = tokens[name];
  const headers = {
    authorization: token === undefined ? undefined : `Bearer ${token}`,
    'x-tenant-id': SAMPLE_TENANT_ID,
  };
  const { status, json } = await api.call(route.method, pathOf(route), { headers, body: bodyOf(route) });
  return status < 400 || json.code === undefined ? String(status) : `${status} ${json.code}`;
};

describe('who may call', () => {
  it('is decided for every route and for no other', () => {
    expect(Object.keys(decisions).sort()).toEqual(routes.map(routeKey).sort());
  });

  it.each(routes as readonly Route[])('is kept by $method $path', async (route) => {
    const answers: Record<string, string> = {};
    for (const name of callers) answers[name] = await answerTo(route, name);
    expect(answers).toEqual(expectedOf(route));
  });
});
