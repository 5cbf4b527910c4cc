import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSigningSecret } from '../../functions/connectors/webhook/signature.ts';
import { type Api, startApi, type Tenant } from './start-api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const URL_A = 'https://a.example.com/hooks';
const URL_B = 'https://b.example.com/hooks';

const create = (
  { headers }: Tenant,
  body: object | string = { connector_type: 'webhook', config: { url: URL_A } },
) => api.call('POST', '/connections', { headers, body });
const change = ({ headers }: Tenant, body: object | string, type = 'webhook') =>
  api.call('PATCH', `/connections/${type}`, { headers, body });
const show = ({ headers }: Tenant, type = 'webhook') => api.call('GET', `/connections/${type}`, { headers });
const list = ({ headers }: Tenant) => api.call('GET', '/connections', { headers });

const withDraft = async (config: object = { url: URL_A }) => {
  const tenant = await api.newTenant();
  await create(tenant, { connector_type: 'webhook', config });
  return tenant;
};
const withEnabled = async () => {
  const tenant = await withDraft();
  await change(tenant, { state: 'enabled' });
  return tenant;
};
const fieldsOf = (json: { errors: { field: string }[] }) => json.errors.map(({ field }) => field);

describe('POST /connections: 201', () => {
  it('makes a draft and shows the generated secret this once', async () => {
    const tenant = await api.newTenant();
    const { status, json } = await create(tenant);
    const { secrets, ...view } = json;
    expect([status, view.state, view.scope, view.validation]).toEqual([201, 'draft', 'platform', []]);
    expect(secrets.signing_secret).toMatch(/^whsec_/);
    expect((await show(tenant)).json).toEqual(view);
    expect((await list(tenant)).json).toEqual({ items: [view], next_cursor: null });
  });

  it('does not repeat a secret that was given', async () => {
    const signing_secret = generateSigningSecret();
    const tenant = await api.newTenant();
    const created = await create(tenant, {
      connector_type: 'webhook',
      config: { url: URL_A },
      secrets: { signing_secret },
    });
    const answers = [
      created,
      await show(tenant),
      await list(tenant),
      await change(tenant, { state: 'enabled' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200]);
    for (const { text, json } of answers) {
      expect(text).not.toContain(signing_secret);
      expect(json).not.toHaveProperty('secrets');
    }
    expect(created.json.redacted_secrets.signing_secret).toMatchObject({ present: true, version: 1 });
    expect(api.logs.filter((line) => line.includes(signing_secret))).toEqual([]);
  });

  it.each([
    ['no configuration', {}, ['config.url']],
    ['a URL that is none', { url: 'nonsense' }, ['config.url']],
    ['a private address', { url: 'https://10.0.0.1/' }, ['config.url']],
    [
      'fields of the wrong type',
      { url: 7, pii_allowlist: 'all', events: { nonsense: true } },
      ['config.url', 'config.pii_allowlist'],
    ],
  ])('keeps a draft with %s and says what is wrong with it', async (_, config, fields) => {
    const { status, json } = await create(await api.newTenant(), { connector_type: 'webhook', config });
    expect([status, json.config]).toEqual([201, config]);
    const found = json.validation.map(({ field }: { field: string }) => field);
    expect(found).toEqual(expect.arrayContaining(fields));
  });

  it('ignores what it does not know and keeps none of it, names of the prototype included', async () => {
    const tenant = await api.newTenant();
    const config = `{"url":"${URL_A}","shoe_size":46,"__proto__":{"x":1},"constructor":1,"toString":{"a":{}}}`;
    const { status, json } = await create(
      tenant,
      `{"connector_type":"webhook","config":${config},"state":"enabled"}`,
    );
    expect([status, json.state, json.config]).toEqual([201, 'draft', { url: URL_A }]);
    expect((await show(tenant)).json.config).toEqual({ url: URL_A });
  });

  it('ignores unknown fields of any depth and number', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const many = Array.from({ length: 50_000 }, (_, index) => `"field${index}":0`).join(',');
    for (const unknown of [`"unknown":${deep}`, many]) {
      const config = `{"url":"${URL_A}",${unknown}}`;
      const { status, json } = await create(
        await api.newTenant(),
        `{"connector_type":"webhook","config":${config}}`,
      );
      expect([status, json.config]).toEqual([201, { url: URL_A }]);
    }
  });
});

describe('POST /connections: refusals', () => {
  it('is 403 for a tenant that is not on the allowlist, and nothing is made', async () => {
    const tenant = await api.newTenant({ enabled: false });
    const { status, json } = await create(tenant);
    expect([status, json.code]).toEqual([403, 'tenant.integrations_disabled']);
    expect((await list(tenant)).json.items).toEqual([]);
  });

  it('is 409 for a second one of the type, which leaves the first as it was', async () => {
    const tenant = await withDraft();
    const before = (await show(tenant)).json;
    const { status, json } = await create(tenant, { connector_type: 'webhook', config: { url: URL_B } });
    expect([status, json.code]).toEqual([409, 'connection.exists']);
    expect((await show(tenant)).json).toEqual(before);
  });

  it('makes one of many that are asked for at a time', async () => {
    const tenant = await api.newTenant();
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(tenant)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    expect(answers.filter(({ json }) => json.code === 'connection.exists')).toHaveLength(7);
    expect((await show(tenant)).json.connection_id).toBe(made[0]?.json.connection_id);
  });

  it.each(['carrier_pigeon', 'constructor', 'webhook2'])(
    'is 422 for the type %s, which there is not',
    async (type) => {
      const { status, json } = await create(await api.newTenant(), { connector_type: type });
      expect([status, json.code]).toEqual([422, 'connection.type_unknown']);
    },
  );

  it.each([
    ['no type', {}, 'connector_type'],
    ['a type that cannot be one', { connector_type: 'Web Hook' }, 'connector_type'],
    ['an unknown scope', { connector_type: 'webhook', scope: 'user' }, 'scope'],
    ['a configuration that is a list', { connector_type: 'webhook', config: [] }, 'config'],
    [
      'a secret that is no text',
      { connector_type: 'webhook', secrets: { signing_secret: 7 } },
      'secrets.signing_secret',
    ],
    [
      'a secret that is not fit',
      { connector_type: 'webhook', secrets: { signing_secret: 'weak' } },
      'secrets.signing_secret',
    ],
    [
      'a secret in the configuration',
      { connector_type: 'webhook', config: { signing_secret: 'x' } },
      'config.signing_secret',
    ],
    ['what looks like one', { connector_type: 'webhook', config: { Api_Key: 'x' } }, 'config.Api_Key'],
    ['one further in', { connector_type: 'webhook', config: { a: { b: [{ password: 'x' }] } } }, 'config.a'],
  ])('is 422 for %s, with the field', async (_, body, field) => {
    const tenant = await api.newTenant();
    const { status, json } = await create(tenant, body);
    expect([status, json.code, fieldsOf(json)]).toEqual([422, 'request.invalid', [field]]);
    expect((await show(tenant)).status).toBe(404);
  });

  it('answers fifty field errors and no more, however many there are', async () => {
    const tokens = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`token${index}`, 0]));
    const { status, json } = await create(await api.newTenant(), {
      connector_type: 'webhook',
      config: tokens,
    });
    expect([status, json.errors.length]).toEqual([422, 50]);
  });
});

describe('what a table cannot hold', () => {
  const unstorable: [string, string, string][] = [
    ['nine levels', `${'['.repeat(9)}${']'.repeat(9)}`, 'config.url'],
    ['10 000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'config.url'],
    ['a number that is infinite', '1e999', 'config.url'],
    ['a number beyond the safe integers', '12345678901234567890', 'config.url'],
    ['a number too close to zero', '1e-200', 'config.url'],
    ['half a surrogate pair', '"\\ud800"', 'config.url'],
    ['half a surrogate pair in a name', '{"\\ud800":1}', 'config.url'],
    ['an empty name', '{"":1}', 'config.url'],
    ['the name __proto__', '{"__proto__":{}}', 'config.url'],
    ['a length that nothing can be compared with', '{"length":{"toString":1}}', 'config.url'],
    ['17 KB', `"${'x'.repeat(17 * 1024)}"`, 'config'],
    ['500 KB', `"${'x'.repeat(500 * 1024)}"`, 'config'],
  ];
  it.each(unstorable)('is 422, in a draft and later: %s', async (_, json, field) => {
    const config = `{"url":${json}}`;
    const created = await create(await api.newTenant(), `{"connector_type":"webhook","config":${config}}`);
    expect([created.status, created.json.code, fieldsOf(created.json)]).toEqual([
      422,
      'request.invalid',
      [field],
    ]);
    const tenant = await withDraft();
    const changed = await change(tenant, `{"config":${config}}`);
    expect([changed.status, changed.json.code, fieldsOf(changed.json)]).toEqual([
      422,
      'request.invalid',
      [field],
    ]);
    expect((await show(tenant)).json.config).toEqual({ url: URL_A });
  });
});

describe('GET /connections/{connector_type}', () => {
  it.each([
    'webhook',
    'carrier_pigeon',
    'settings',
    '%2e%2e%2fsettings',
    '%ff',
    'webhook%23x',
    'x'.repeat(5000),
  ])('is 404 for what the tenant does not have: %s', async (type) => {
    const tenant = await api.newTenant();
    const answers = [await show(tenant, type), await change(tenant, {}, type)];
    expect(answers.map(({ status, json }) => [status, json.code])).toEqual(
      Array(2).fill([404, 'connection.not_found']),
    );
  });

  it('shows what a tenant has when it is no longer on the allowlist', async () => {
    const tenant = await withDraft();
    await api.call('PUT', `/admin/tenants/${tenant.tenantId}`, { body: { integrations_enabled: false } });
    expect((await show(tenant)).status).toBe(200);
    expect((await list(tenant)).json.items).toHaveLength(1);
  });
});

describe('PATCH /connections/{connector_type}: 200', () => {
  it('enables, disables and enables again', async () => {
    const tenant = await withDraft();
    for (const state of ['enabled', 'disabled', 'enabled']) {
      const { status, json } = await change(tenant, { state });
      expect([status, json.state]).toEqual([200, state]);
      expect((await show(tenant)).json).toEqual(json);
    }
  });

  it('replaces the configuration as a whole, and nothing else', async () => {
    const tenant = await withDraft({ url: URL_A, non_strict_signals: false });
    const { created_at, connection_id, redacted_secrets } = (await show(tenant)).json;
    const { status, json } = await change(tenant, { config: { url: URL_B } });
    expect([status, json.config, json.state]).toEqual([200, { url: URL_B }, 'draft']);
    expect(json).toMatchObject({ created_at, connection_id, redacted_secrets });
  });

  it('configures and enables in one', async () => {
    const tenant = await withDraft({});
    const { status, json } = await change(tenant, { state: 'enabled', config: { url: URL_B } });
    expect([status, json.state, json.config.url]).toEqual([200, 'enabled', URL_B]);
  });

  it('changes nothing when nothing is asked for', async () => {
    const tenant = await withEnabled();
    const { updated_at: _, ...before } = (await show(tenant)).json;
    const { status, json } = await change(tenant, { connection_id: 'con_x', created_at: 'now' });
    expect(status).toBe(200);
    expect(json).toMatchObject(before);
  });
});

describe('PATCH /connections/{connector_type}: refusals', () => {
  it('is 422 connection.invalid with the fields as long as it cannot be enabled', async () => {
    const tenant = await withDraft({ pii_allowlist: ['shoe_size'] });
    const { status, json } = await change(tenant, { state: 'enabled' });
    expect([status, json.code]).toEqual([422, 'connection.invalid']);
    expect(fieldsOf(json)).toEqual(expect.arrayContaining(['config.url', 'config.pii_allowlist.0']));
    expect((await show(tenant)).json.state).toBe('draft');
  });

  it('is 422 connection.invalid for what would make an enabled one invalid', async () => {
    const tenant = await withEnabled();
    const before = (await show(tenant)).json;
    const { status, json } = await change(tenant, { config: { url: 'https://10.0.0.1/' } });
    expect([status, json.code, fieldsOf(json)]).toEqual([422, 'connection.invalid', ['config.url']]);
    expect((await show(tenant)).json).toEqual(before);
  });

  it('is 422 for a URL that holds a password, which is not kept or repeated', async () => {
    const tenant = await withDraft();
    const { status, json, text } = await change(tenant, {
      config: { url: 'https://user:hunter2@example.com/' },
    });
    expect([status, json.code, fieldsOf(json)]).toEqual([422, 'request.invalid', ['config.url']]);
    expect(text).not.toContain('hunter2');
    expect((await show(tenant)).json.config).toEqual({ url: URL_A });
  });

  it('is 409 for a draft that is to be disabled', async () => {
    const { status, json } = await change(await withDraft(), { state: 'disabled' });
    expect([status, json.code]).toEqual([409, 'connection.state_invalid']);
  });

  it.each([['revoked'], ['draft'], [null], [7]])('is 422 for the state %s', async (state) => {
    const { status, json } = await change(await withDraft(), { state });
    expect([status, json.code, fieldsOf(json)]).toEqual([422, 'request.invalid', ['state']]);
  });

  it('is 422 for a secret in the configuration, and its value is not repeated', async () => {
    const tenant = await withDraft();
    const { status, json, text } = await change(tenant, { config: { url: URL_B, token: 'hunter2' } });
    expect([status, json.code, fieldsOf(json)]).toEqual([422, 'request.invalid', ['config.token']]);
    expect(text).not.toContain('hunter2');
    expect((await show(tenant)).json.config).toEqual({ url: URL_A });
  });

  it('is 403 for a tenant that is no longer on the allowlist', async () => {
    const tenant = await withDraft();
    await api.call('PUT', `/admin/tenants/${tenant.tenantId}`, { body: { integrations_enabled: false } });
    const { status, json } = await change(tenant, { state: 'enabled' });
    expect([status, json.code]).toEqual([403, 'tenant.integrations_disabled']);
  });

  it('answers each of many at a time with 200 or 409, and what stands is one of those that were 200', async () => {
    const tenant = await withDraft();
    const urls = Array.from({ length: 12 }, (_, index) => `https://example.com/${index}`);
    const answers = await Promise.all(urls.map((url) => change(tenant, { config: { url } })));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(({ json }) => json.code)).toEqual(refused.map(() => 'connection.write_conflict'));
    const written = answers.filter(({ status }) => status === 200).map(({ json }) => json.config.url);
    expect(written).toContain((await show(tenant)).json.config.url);
  });
});
