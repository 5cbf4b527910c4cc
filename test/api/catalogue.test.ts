import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '../../contracts/openapi.ts';
import type { Provider } from '../../contracts/providers.ts';
import { connectors } from '../../functions/connectors/all.ts';
import { connectWebhook } from '../harness/cloud.ts';
import { type Api, startApi } from './start-api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const anonymous = { headers: { authorization: undefined } };

describe('GET /health', () => {
  it('is 200 with the version', async () => {
    const { status, json } = await api.call('GET', '/health', anonymous);
    expect([status, json]).toEqual([200, { status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+/) }]);
  });
});

describe('GET /openapi.json', () => {
  it('is 200 with the document of the contracts, of the version that runs', async () => {
    const { version } = (await api.call('GET', '/health')).json;
    const { status, json } = await api.call('GET', '/openapi.json', anonymous);
    expect(status).toBe(200);
    expect(json).toEqual(openApiDocument(version));
  });
});

describe('GET /providers', () => {
  const providers = async (): Promise<Provider[]> =>
    (await api.call('GET', '/providers', anonymous)).json.items;

  it('is 200 with every connector', async () => {
    const types = (await providers()).map(({ connector_type }) => connector_type);
    expect(types).toEqual(connectors.map(({ type }) => type));
  });

  it('has schemas that a form can be drawn from: an object each, of fields with a title', async () => {
    const ajv = formats.default(new Ajv2020({ strict: false }));
    for (const { connector_type, config_schema, secret_schema } of await providers()) {
      expect([config_schema['type'], secret_schema['type']]).toEqual(['object', 'object']);
      expect(ajv.compile(config_schema)('text'), connector_type).toBe(false);
      const connector = connectors.find(({ type }) => type === connector_type);
      const fields = Object.keys(connector?.config.shape ?? {});
      expect(config_schema['properties']).toMatchObject(
        Object.fromEntries(fields.map((name) => [name, { title: expect.any(String) }])),
      );
    }
  });

  it('says of each whether it delivers, and of those with OAuth what they ask the vendor for', async () => {
    const shown = (await providers()).map(({ connector_type, capabilities, auth, connect }) => [
      connector_type,
      capabilities,
      auth === 'oauth2',
      connect?.scopes.choosable,
    ]);
    expect(shown).toEqual([
      ['webhook', ['deliver'], false, undefined],
      ['github', ['connect'], true, true],
      ['google', ['connect'], true, true],
      ['hubspot', ['connect'], true, true],
      ['jira', ['connect'], true, true],
      ['pipedrive', ['connect'], true, false],
      ['slack', ['connect'], true, true],
      ['zoho', ['connect'], true, true],
    ]);
  });

  it('marks every secret as one, and has no secret in a configuration', async () => {
    for (const { config_schema, secret_schema } of await providers()) {
      const secrets = Object.values(Object(secret_schema['properties']));
      expect(secrets.filter((field) => Object(field).secret !== true)).toEqual([]);
      expect(JSON.stringify(config_schema)).not.toContain('"secret":true');
    }
  });

  it('is the same for everyone, whatever tenants there are, and names none', async () => {
    const before = (await api.call('GET', '/providers', anonymous)).text;
    const { tenantId, headers } = await connectWebhook(api.cloud, 'https://example.com/of-a-tenant');
    const after = (await api.call('GET', '/providers', { headers })).text;
    expect(after).toBe(before);
    expect(after).not.toMatch(
      /[0-9a-f]{8}-[0-9a-f]{4}-|(?:con|evt|dlv)_[0-9a-hjkmnp-tv-z]{26}|whsec_[A-Za-z0-9+/]{8}|tenant_id/,
    );
    expect(after).not.toContain(tenantId);
  });
});

describe('404', () => {
  it.each([
    ['GET', '/nothing'],
    ['POST', '/nothing/at/all'],
    ['GET', '/Health'],
    ['GET', '/health/'],
    ['GET', '/admin'],
    ['GET', '/admin/tenants'],
    ['GET', '/connections/webhook/secrets'],
    ['GET', '/connections/webhook/test'],
    ['GET', '/.env'],
    ['GET', '/%2e%2e%2fhealth%00'],
    ['GET', '/{proxy+}'],
    ['GET', '/'],
  ])('is a problem for a route that there is not: %s %s', async (method, path) => {
    const { status, json } = await api.call(method, path);
    expect([status, json.code]).toEqual([404, 'route.not_found']);
  });

  it.each([
    ['POST', '/health'],
    ['PUT', '/connections/webhook'],
    ['PUT', '/events'],
    ['GET', '/events'],
    ['DELETE', '/admin/tenants/7d444840-9dc0-11d1-b245-5ffdce74fad2'],
    ['PATCH', '/events/evt_00000000000000000000000000'],
    ['OPTIONS', '/events'],
  ])('is a problem for a method that a route does not have: %s %s', async (method, path) => {
    for (const options of [anonymous, {}]) {
      const { status, json } = await api.call(method, path, options);
      expect([status, json.code]).toEqual([404, 'route.not_found']);
    }
  });
});
