import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectors } from '../../functions/connectors/all.ts';
import { type Api, startApi, type Tenant } from './start-api.ts';

const CONFIG = { url: 'https://example.com/hooks' };
const WEBHOOK = { connector_type: 'webhook', config: CONFIG };
const PATH = '/v1/occasions/summer-fair/integrations';
const ELSEWHERE = '/v1/occasions/winter-fair/integrations';
const QUERY = '?scope=occasion&scope_id=summer-fair';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const list = ({ headers }: Tenant, path = PATH) => api.call('GET', path, { headers });
const create = ({ headers }: Tenant, body: object = WEBHOOK, path = PATH) =>
  api.call('POST', `${path}/connections`, { headers, body });
const change = ({ headers }: Tenant, id: string, body: object, path = PATH) =>
  api.call('PATCH', `${path}/connections/${id}`, { headers, body });
const typesOf = (providers: { connector_type: string }[]) =>
  providers.map(({ connector_type }) => connector_type);
const fieldsOf = (json: { errors: { field: string }[] }) => json.errors.map(({ field }) => field);

describe('an occasion', () => {
  it('shows its connections alone, and those providers whose place in it is free', async () => {
    const tenant = await api.newTenant();
    const { headers } = tenant;
    const all = connectors.map(({ type }) => type);
    expect((await list(tenant)).json).toMatchObject({ items: [], next_cursor: null });
    expect(typesOf((await list(tenant)).json.providers)).toEqual(all);
    await api.call('POST', '/connections', { headers, body: WEBHOOK });
    await create(tenant, WEBHOOK, ELSEWHERE);
    expect(typesOf((await list(tenant)).json.providers)).toEqual(all);
    const { secrets: _, ...view } = (await create(tenant)).json;
    const shown = (await list(tenant)).json;
    expect(shown.items).toEqual([view]);
    expect(typesOf(shown.providers)).toEqual(all.filter((type) => type !== 'webhook'));
    const { json: catalogue } = await api.call('GET', '/providers');
    expect(catalogue.items).toEqual(expect.arrayContaining(shown.providers));
    await api.call('DELETE', `/connections/webhook${QUERY}`, { headers });
    expect(typesOf((await list(tenant)).json.providers)).toEqual(all);
  });

  it('has one connection of a type, that is a draft with its secret shown once and no scope but its own', async () => {
    const tenant = await api.newTenant();
    const body = { ...WEBHOOK, scope: 'event', scope_id: 'other', note: 'For the fair' };
    const { status, json } = await create(tenant, body);
    const scope = { scope: 'occasion', scope_id: 'summer-fair' };
    expect([status, json.state]).toEqual([201, 'draft']);
    expect(json).toMatchObject({ ...scope, principal: scope });
    expect(json.secrets.signing_secret).toMatch(/^whsec_/);
    expect((await create(tenant)).json.code).toBe('connection.exists');
    const { headers } = tenant;
    const { items } = (await api.call('GET', `/connections/webhook/activity${QUERY}`, { headers })).json;
    expect(items).toMatchObject([{ action: 'connection.created', ...scope, note: 'For the fair' }]);
  });

  it('has its connection changed by its id, as the other routes would change it', async () => {
    const tenant = await api.newTenant();
    const { json: created } = await create(tenant, { connector_type: 'webhook' });
    const refused = await change(tenant, created.connection_id, { state: 'enabled' });
    expect([refused.status, fieldsOf(refused.json)]).toEqual([422, ['config.url']]);
    const { status, json } = await change(tenant, created.connection_id, {
      state: 'enabled',
      config: CONFIG,
    });
    expect([status, json.state]).toEqual([200, 'enabled']);
    const { headers } = tenant;
    expect((await api.call('GET', `/connections/webhook${QUERY}`, { headers })).json).toEqual(json);
  });

  it('does not know the connection of another occasion, of the platform, of another tenant, or of no id', async () => {
    const [tenant, other] = [await api.newTenant(), await api.newTenant()];
    const ids = [
      (await create(tenant, WEBHOOK, ELSEWHERE)).json.connection_id,
      (await api.call('POST', '/connections', { headers: tenant.headers, body: WEBHOOK })).json.connection_id,
      (await create(other)).json.connection_id,
      'con_00000000000000000000000000',
      'nonsense',
      'webhook',
      '%23',
      'x'.repeat(3000),
    ];
    for (const id of ids) {
      const { status, json } = await change(tenant, id, { state: 'enabled' });
      expect([id, status, json.code]).toEqual([id, 404, 'connection.not_found']);
    }
    expect((await list(other)).json.items[0].state).toBe('draft');
  });

  it.each(['-fair', '.fair', 'a%23b', '~a', 'a%2Fb', 'a%20b', '%ff', '%C3%A4', 'x'.repeat(101)])(
    'is 422 under the id %s, with the field',
    async (id) => {
      const tenant = await api.newTenant();
      const path = `/v1/occasions/${id}/integrations`;
      const answers = [
        await list(tenant, path),
        await create(tenant, WEBHOOK, path),
        await change(tenant, 'con_00000000000000000000000000', {}, path),
      ];
      for (const { status, json } of answers)
        expect([status, json.code, fieldsOf(json)]).toEqual([422, 'request.invalid', ['occasion_id']]);
    },
  );

  it('comes in pages, and with the cursor of no other list', async () => {
    const tenant = await api.newTenant();
    for (const connector_type of ['webhook', 'github', 'slack']) await create(tenant, { connector_type });
    const { headers } = tenant;
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await list(tenant, `${PATH}?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...typesOf(json.items));
      cursor = json.next_cursor ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(['github', 'slack', 'webhook']);
    const { next_cursor } = (await api.call('GET', '/connections?limit=1', { headers })).json;
    const refused = await list(tenant, `${ELSEWHERE}?cursor=${next_cursor}`);
    expect([refused.status, fieldsOf(refused.json)]).toEqual([422, ['cursor']]);
  });
});

describe('the routes of a connection', () => {
  const paths = ['', '/health', '/activity'].map((path) => ['GET', `/connections/webhook${path}`] as const);
  const all = [...paths, ['PATCH', '/connections/webhook'], ['DELETE', '/connections/webhook']] as const;
  const call = (method: string, path: string, { headers }: Tenant) =>
    api.call(method, path, { headers, ...(method === 'PATCH' ? { body: {} } : {}) });

  it.each([...all, ['POST', '/connections/webhook/test']] as const)(
    '%s %s reach a scope by the query, and refuse half of one',
    async (method, path) => {
      const tenant = await api.newTenant();
      await create(tenant);
      expect((await call(method, path, tenant)).json.code).toBe('connection.not_found');
      const found = await call(method, `${path}${QUERY}`, tenant);
      expect(found.json.code).not.toBe('connection.not_found');
      const halves = ['scope=occasion', 'scope=event', 'scope_id=a', 'scope=platform&scope_id=a'];
      for (const query of [...halves, 'scope=occasion&scope_id=a%23b', 'scope=occasion&scope_id=']) {
        const { status, json } = await call(method, `${path}?${query}`, tenant);
        expect([query, status, fieldsOf(json)]).toEqual([query, 422, ['scope_id']]);
      }
    },
  );

  it('list those of a scope alone when it is named, and refuse half of one', async () => {
    const tenant = await api.newTenant();
    const { headers } = tenant;
    await create(tenant);
    await api.call('POST', '/connections', { headers, body: WEBHOOK });
    const scopesOf = async (query: string) =>
      (await api.call('GET', `/connections${query}`, { headers })).json.items.map(
        ({ scope }: { scope: string }) => scope,
      );
    expect(await scopesOf('')).toEqual(['platform', 'occasion']);
    expect(await scopesOf(QUERY)).toEqual(['occasion']);
    expect(await scopesOf('?scope=platform')).toEqual(['platform']);
    for (const query of ['?scope=event', '?scope_id=a']) {
      const { status, json } = await api.call('GET', `/connections${query}`, { headers });
      expect([status, fieldsOf(json)]).toEqual([422, ['scope_id']]);
    }
  });

  it('show the scope to the operator too', async () => {
    const tenant = await api.newTenant();
    await create(tenant);
    const { items } = (await api.call('GET', '/admin/connections?limit=100')).json;
    const own = items.filter(({ tenant_id }: { tenant_id: string }) => tenant_id === tenant.tenantId);
    expect(own).toMatchObject([{ scope: 'occasion', scope_id: 'summer-fair' }]);
    expect(own[0].principal).toMatchObject({ subject_id: `integration:${own[0].connection_id}` });
  });
});
