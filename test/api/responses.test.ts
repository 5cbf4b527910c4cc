import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../contracts/all-routes.ts';
import type { ErrorCode } from '../../contracts/errors.ts';
import { errors } from '../../contracts/errors.ts';
import { errorsOf } from '../../contracts/openapi.ts';
import { type Route, routeKey } from '../../contracts/routes.ts';
import type { Answer } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { startTestIssuer, type TestIssuer } from '../harness/issuer.ts';
import { bodyOf, pathOf, SAMPLE_TENANT_ID } from './sample-requests.ts';
import { type Api, startApi, type Tenant } from './start-api.ts';
import { isGatewaysOwn, routeAt, violations } from './violations.ts';

let issuer: TestIssuer;
let api: Api;
beforeAll(async () => {
  issuer = await startTestIssuer();
  api = await startApi({ parameters: issuer.parameters });
});
afterAll(async () => {
  await api.stop();
  await issuer.stop();
});

const all: readonly Route[] = routes;

interface Changes {
  readonly tenant?: Tenant;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly path?: string;
}

const callTo = async (
  route: Route,
  { tenant, headers, body = bodyOf(route), path = pathOf(route) }: Changes = {},
) => {
  const named = (tenant ?? (await api.newTenant())).headers;
  return api.call(route.method, path, { headers: { ...named, ...headers }, body });
};

const draft = { connector_type: 'webhook', config: { url: 'https://example.com/hooks' } };

const withDraft = async (config: object = draft.config): Promise<Tenant> => {
  const tenant = await api.newTenant();
  await api.call('POST', '/connections', { headers: tenant.headers, body: { ...draft, config } });
  return tenant;
};

const OCCASION = 'summer-fair';
const IN_OCCASION = `?scope=occasion&scope_id=${OCCASION}`;

/** A tenant with a draft where a route looks for one, and the path that names it. */
const draftFor = async (
  route: Route,
  config: object = draft.config,
): Promise<{ readonly tenant: Tenant; readonly path: string }> => {
  if (!route.path.includes('{occasion_id}')) return { tenant: await withDraft(config), path: pathOf(route) };
  const tenant = await api.newTenant();
  const body = { ...draft, config, scope: 'occasion', scope_id: OCCASION };
  const { json } = await api.call('POST', '/connections', { headers: tenant.headers, body });
  const ids = { occasion_id: OCCASION, connection_id: json.connection_id };
  return { tenant, path: pathOf(route, ids) };
};

const conflict = async (route: Route): Promise<Answer> => {
  const tenant = await api.newTenant();
  await api.publish(tenant.headers, companyUpdated('key'));
  return callTo(route, { tenant, body: { events: [companyUpdated('key', { name: 'Other' })] } });
};

/** Starts a rewrap, in the place of one that is running: its id. */
const beginRewrap = async (): Promise<string> => {
  const start = () => api.call('POST', '/admin/rewraps', { body: {} });
  const { json } = await start();
  if (json.rewrap_id !== undefined) return json.rewrap_id;
  await api.call('DELETE', `/admin/rewraps/${/rwp_\w+/.exec(json.detail)?.[0]}`);
  return (await start()).json.rewrap_id;
};

const CALLBACK = '/connect/hubspot/callback';

/** A callback's path with a state that a tenant was given just now; what is added to the query comes last. */
const begun = async (more = '', tenant?: Tenant): Promise<string> => {
  const { headers } = tenant ?? (await api.newTenant());
  return `${CALLBACK}?state=${await api.beginConnect(headers)}${more}`;
};

/** A call by a user of the sample tenant whose token has these claims, for a tenant that is another. */
const callBy = async (route: Route, claims: JWTPayload): Promise<Answer> =>
  callTo(route, { headers: { authorization: `Bearer ${await issuer.sign(SAMPLE_TENANT_ID, claims)}` } });

type Provoke = (route: Route) => Promise<Answer>;

/** How each error is provoked, on any route that documents it. */
const provokers: Partial<Record<ErrorCode, Provoke>> = {
  'auth.forbidden': (route) => callBy(route, { 'cognito:groups': ['tenant_member'] }),
  'auth.role_missing': (route) => callBy(route, { 'cognito:groups': ['staff'] }),
  'auth.tenant_unknown': (route) => callBy(route, { 'custom:tenant_id': 'acme' }),
  'auth.token_expired': (route) => callBy(route, { exp: 1_000_000_000 }),
  'auth.token_invalid': (route) => callTo(route, { headers: { authorization: 'Bearer wrong' } }),
  'tenant.foreign': (route) => callBy(route, {}),
  'tenant.missing': (route) => callTo(route, { headers: { 'x-tenant-id': undefined } }),
  'tenant.malformed': (route) =>
    callTo(route, { headers: { 'x-tenant-id': 'nonsense' }, path: pathOf(route, { tenant_id: 'nonsense' }) }),
  'tenant.integrations_disabled': async (route) =>
    callTo(route, { tenant: await api.newTenant({ enabled: false }) }),
  'request.json_invalid': (route) => callTo(route, { body: '{' }),
  'request.content_type': (route) => callTo(route, { headers: { 'content-type': 'text/plain' } }),
  'request.body_too_large': (route) => callTo(route, { body: ' '.repeat(2 * 1024 * 1024 + 1) }),
  'request.invalid': (route) =>
    callTo(route, route.body ? { body: '[]' } : { path: `${pathOf(route)}?limit=0&note=%20&scope=galaxy` }),
  'connect.access_denied': async (route) => callTo(route, { path: await begun('&error=access_denied') }),
  'connect.authorization_failed': async (route) => callTo(route, { path: await begun('&error=other') }),
  'connect.provider_mismatch': async (route) =>
    callTo(route, { path: (await begun('&code=any')).replace('hubspot', 'slack') }),
  'connect.provider_not_set_up': (route) =>
    callTo(route, { path: pathOf(route, { provider: 'zoho' }), body: {} }),
  'connect.provider_unknown': (route) =>
    callTo(route, { path: `${pathOf(route, { provider: 'webhook' })}?state=any` }),
  'connect.redirect_refused': async (route) => {
    await api.beginConnect((await api.newTenant()).headers);
    const redirect_uri = 'https://attacker.example/callback';
    return callTo(route, { body: { ...(bodyOf(route) as object), redirect_uri } });
  },
  'connect.state_invalid': (route) => callTo(route, { path: `${CALLBACK}?state=any&code=any` }),
  'connection.exists': async (route) => callTo(route, await draftFor(route)),
  'connection.type_unknown': (route) => callTo(route, { body: { connector_type: 'carrier_pigeon' } }),
  'connection.not_found': (route) => callTo(route),
  'connection.invalid': async (route) =>
    callTo(route, { ...(await draftFor(route, {})), body: { state: 'enabled' } }),
  'connection.revoked': async (route) => {
    const { tenant, path } = await draftFor(route);
    for (const query of ['', IN_OCCASION])
      await api.call('DELETE', `/connections/webhook${query}`, { headers: tenant.headers });
    return callTo(route, { tenant, path });
  },
  'connection.state_invalid': async (route) =>
    callTo(route, { ...(await draftFor(route)), body: { state: 'disabled' } }),
  'rewrap.not_found': (route) => callTo(route),
  'rewrap.running': async (route) => {
    await beginRewrap();
    return callTo(route);
  },
  'event.conflict': conflict,
  'event.not_found': (route) => callTo(route),
};

/** Nothing that a caller sends alone brings these about. */
const notAtWill: readonly ErrorCode[] = [
  'auth.token_missing',
  // A vendor brings these about; the tests of connecting have vendors that do.
  'connect.account_mismatch',
  'connect.account_unclear',
  'connect.client_refused',
  'connect.code_refused',
  'connect.state_expired',
  'connect.vendor_unavailable',
  'connection.check_unsupported',
  'connection.write_conflict',
  'service.failed',
  'service.throttled',
];

/** Where a route documents an error that only another of its kind can be made to show. */
const elsewhere = new Set([
  'connect.provider_not_set_up GET /connect/{provider}/callback',
  'connection.invalid GET /connect/{provider}/callback',
  'tenant.integrations_disabled GET /connect/{provider}/callback',
]);

const documented = all.flatMap((route) =>
  errorsOf(route).map((code) => ({ key: routeKey(route), route, code })),
);

describe('every documented error', () => {
  it('is either provoked here or not at will', () => {
    const known = [...Object.keys(provokers), ...notAtWill].sort();
    expect(known).toEqual([...new Set(documented.map(({ code }) => code))].sort());
  });

  const atWill = documented.filter(
    ({ code, key }) => !notAtWill.includes(code) && !elsewhere.has(`${code} ${key}`),
  );

  it.each(atWill)('is answered as the document says: $code by $key', async ({ route, code }) => {
    const answer = (await provokers[code]?.(route)) as Answer;
    expect([answer.status, answer.json.code]).toEqual([errors[code].status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('every success', () => {
  const ready = async (route: Route): Promise<Changes> => {
    if (route.path === '/events/{event_id}') {
      const tenant = await api.newTenant();
      const { json } = await api.publish(tenant.headers, companyUpdated('read'));
      return { tenant, path: pathOf(route, { event_id: json.results[0].event_id }) };
    }
    if (route.path.startsWith('/admin/rewraps')) {
      const path = pathOf(route, { rewrap_id: await beginRewrap() });
      if (route.method === 'POST') await api.call('DELETE', `/admin/rewraps/${await beginRewrap()}`);
      return { path };
    }
    if (route.path.startsWith('/connect/')) await api.beginConnect((await api.newTenant()).headers);
    if (route.path.endsWith('/callback')) return { path: await begun('&code=any') };
    if (/\{conn/.test(route.path)) return draftFor(route);
    return { tenant: await api.newTenant() };
  };

  it.each(all)('is as the document says, and is not cached: $method $path', async (route) => {
    const { status, headers } = await callTo(route, await ready(route));
    expect([status, headers.get('content-type')]).toEqual([route.status, 'application/json']);
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
      'no-store',
      'nosniff',
    ]);
  });
});

describe('the check of answers', () => {
  const found = (answer: Answer, changes: Partial<Answer>) =>
    violations('GET', '/connections', { ...answer, ...changes });

  it('finds fault with a status, a header, a type or a body that is not as documented', async () => {
    const { headers } = await withDraft();
    const answer = await api.cloud.call('GET', '/connections', { headers });
    expect(found(answer, {})).toEqual([]);
    const [item] = answer.json.items;
    const broken: Partial<Answer>[] = [
      { status: 201 },
      { status: 500 },
      { headers: new Headers({ 'content-type': 'application/json' }) },
      { headers: new Headers({ ...Object.fromEntries(answer.headers), 'content-type': 'text/html' }) },
      { headers: new Headers({ ...Object.fromEntries(answer.headers), 'cache-control': 'public' }) },
      { json: { ...answer.json, next_cursor: 7 } },
      { json: { ...answer.json, items: [{ ...item, state: 'unheard_of' }] } },
      { json: { ...answer.json, items: [{ ...item, created_at: 'yesterday' }] } },
    ];
    expect(broken.filter((changes) => found(answer, changes).length === 0)).toEqual([]);
  });

  it('finds fault with a problem that is not of its route or of the table', async () => {
    const answer = await api.cloud.call('GET', '/connections', { headers: { 'x-tenant-id': 'nonsense' } });
    expect(found(answer, {})).toEqual([]);
    const { code, title, request_id, ...rest } = answer.json;
    const broken = [
      { ...rest, code, title },
      { ...rest, code, request_id },
      { ...rest, title, request_id, code: 'event.not_found' },
      { ...rest, title, request_id, code: 'constructor' },
      { ...rest, title: 'Other', request_id, code },
      { ...answer.json, status: 404 },
    ];
    expect(broken.filter((json) => found(answer, { json }).length === 0)).toEqual([]);
  });

  it('knows the route of a path, and what the gateway says by itself', async () => {
    expect(routeAt('GET', '/events/evt_1')?.path).toBe('/events/{event_id}');
    expect(routeAt('GET', '/openapi-json')).toBeUndefined();
    const answer = await api.cloud.call('GET', '/connections', { headers: { authorization: undefined } });
    expect(isGatewaysOwn(answer)).toBe(true);
    expect(isGatewaysOwn({ ...answer, status: 403 })).toBe(false);
  });
});
