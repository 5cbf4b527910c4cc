import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../contracts/all-routes.ts';
import type { Route } from '../../contracts/routes.ts';
import { OPERATOR_TOKEN } from '../harness/cloud.ts';
import { pathOf, SAMPLE_TENANT_ID } from './sample-requests.ts';
import { type Api, startApi } from './start-api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const all: readonly Route[] = routes;
const guarded = all.filter(({ access }) => access !== 'public');
const tenants = all.filter(({ access }) => access === 'tenant');
const admins = all.filter(({ access }) => access === 'admin');
const named = { 'x-tenant-id': SAMPLE_TENANT_ID };

type Call = Parameters<Api['call']>[2];
const callTo = (route: Route, headers: Record<string, string | undefined>, path = pathOf(route)) => {
  const options: Call = { headers, ...(route.body ? { body: {} } : {}) };
  return api.call(route.method, path, options);
};

describe('a public route', () => {
  const open = all.filter(({ access }) => access === 'public');

  it.each(open.filter(({ query }) => !query))('answers anyone: $method $path', async (route) => {
    for (const authorization of [undefined, 'Bearer wrong']) {
      expect((await callTo(route, { authorization })).status).toBe(route.status);
    }
  });

  it.each(open.filter(({ query }) => query))(
    'asks anyone for a query and nobody for a token: $method $path',
    async (route) => {
      for (const authorization of [undefined, 'Bearer wrong']) {
        const { status, json } = await callTo(route, { authorization });
        expect([status, json.code]).toEqual([422, 'request.invalid']);
      }
    },
  );
});

describe('a guarded route', () => {
  it.each(guarded)('is 401 by the gateway without a token: $method $path', async (route) => {
    for (const authorization of [undefined, '']) {
      const answer = await callTo(route, { ...named, authorization });
      expect([answer.status, answer.text]).toEqual([401, '{"message":"Unauthorized"}']);
    }
  });

  it.each(guarded)(
    'is 401 auth.token_invalid with a token that is not known: $method $path',
    async (route) => {
      const wrong = [
        'Bearer wrong',
        'Bearer ',
        'Bearer',
        'Basic b3BlcmF0b3I6dG9rZW4=',
        `Bearer ${'x'.repeat(5000)}`,
      ];
      for (const authorization of wrong) {
        const { status, json } = await callTo(route, { ...named, authorization });
        expect([authorization, status, json.code]).toEqual([authorization, 401, 'auth.token_invalid']);
      }
    },
  );

  it.each(guarded)('tells a caller without a known token nothing else: $method $path', async (route) => {
    const path = pathOf(route, { tenant_id: 'nonsense' });
    const { json } = await callTo(route, { authorization: 'Bearer wrong', 'x-tenant-id': 'nonsense' }, path);
    expect(json.code).toBe('auth.token_invalid');
  });

  it.each(guarded)('lets the operator in: $method $path', async (route) => {
    const { json } = await api.call(route.method, pathOf(route), { headers: named });
    expect(json.code ?? '').not.toMatch(/^auth\./);
  });

  it('takes the word Bearer in any case, as RFC 9110 has it', async () => {
    for (const authorization of [`bearer ${OPERATOR_TOKEN}`, `BEARER ${OPERATOR_TOKEN}`]) {
      const answer = await api.call('GET', '/connections', { headers: { ...named, authorization } });
      expect(answer.status).toBe(200);
    }
  });

  it('refuses the token with anything before or behind it', async () => {
    for (const authorization of [
      OPERATOR_TOKEN,
      `Bearer ${OPERATOR_TOKEN}x`,
      `Bearer  ${OPERATOR_TOKEN}`,
      `Bearer ${OPERATOR_TOKEN} x`,
      `Bearer ${OPERATOR_TOKEN},x`,
    ]) {
      const { json } = await api.call('GET', '/connections', { headers: { ...named, authorization } });
      expect([authorization, json.code]).toEqual([authorization, 'auth.token_invalid']);
    }
  });
});

describe('a route for a tenant', () => {
  it.each(tenants)('is 400 tenant.missing without X-Tenant-Id: $method $path', async (route) => {
    for (const headers of [{}, { 'x-tenant-id': '' }]) {
      const { status, json } = await callTo(route, headers);
      expect([status, json.code]).toEqual([400, 'tenant.missing']);
    }
  });

  it.each(tenants)('is 400 tenant.malformed with anything but one UUID: $method $path', async (route) => {
    const malformed = [
      'nonsense',
      `${SAMPLE_TENANT_ID}, ${SAMPLE_TENANT_ID}`,
      `{${SAMPLE_TENANT_ID}}`,
      SAMPLE_TENANT_ID.replaceAll('-', ''),
      `${SAMPLE_TENANT_ID}#E`,
      '../admin',
    ];
    for (const sent of malformed) {
      const { status, json } = await callTo(route, { 'x-tenant-id': sent });
      expect([sent, status, json.code]).toEqual([sent, 400, 'tenant.malformed']);
    }
  });

  it('is 400 tenant.malformed when the header comes twice, even with one value', async () => {
    const twice = { 'x-tenant-id': [SAMPLE_TENANT_ID, SAMPLE_TENANT_ID] };
    const { status, json } = await api.send('GET', '/connections', twice);
    expect([status, json.code]).toEqual([400, 'tenant.malformed']);
  });
});

describe('a route for the operator', () => {
  it.each(admins)(
    'needs no X-Tenant-Id, and 400 tenant.malformed is about its path: $method $path',
    async (route) => {
      for (const tenantId of ['nonsense', `${SAMPLE_TENANT_ID}x`, '%ff%zz', 'a%2Fb', 'x'.repeat(3000)]) {
        const { status, json } = await callTo(route, named, pathOf(route, { tenant_id: tenantId }));
        expect([status, json.code]).toEqual([400, 'tenant.malformed']);
      }
    },
  );
});
