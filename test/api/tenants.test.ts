import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, startApi } from './start-api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const put = (tenantId: string, body: unknown) => api.call('PUT', `/admin/tenants/${tenantId}`, { body });
const get = (tenantId: string) => api.call('GET', `/admin/tenants/${tenantId}`);

describe('200', () => {
  it('has no tenant on the allowlist until it is put there', async () => {
    const tenantId = randomUUID();
    const { status, json } = await get(tenantId);
    expect([status, json]).toEqual([200, { tenant_id: tenantId, integrations_enabled: false }]);
  });

  it('answers a change with what a read then shows, on and off and on', async () => {
    const tenantId = randomUUID();
    for (const integrations_enabled of [true, true, false, true]) {
      const changed = await put(tenantId, { integrations_enabled });
      expect([changed.status, changed.json]).toEqual([200, { tenant_id: tenantId, integrations_enabled }]);
      expect((await get(tenantId)).json).toEqual(changed.json);
    }
  });

  it('keeps and shows the throttles, and replaces the settings as a whole', async () => {
    const tenantId = randomUUID();
    const throttles = { deliveries_per_second: 50, concurrent_deliveries: 10 };
    const settings = { integrations_enabled: true, throttles };
    const changed = await put(tenantId, { ...settings, note: 'Agreed at onboarding' });
    expect(changed.json).toEqual({ tenant_id: tenantId, ...settings });
    expect((await get(tenantId)).json).toEqual(changed.json);
    await put(tenantId, { integrations_enabled: true });
    expect((await get(tenantId)).json).toEqual({ tenant_id: tenantId, integrations_enabled: true });
  });

  it('is recorded as activity, with the note and the names of what was set', async () => {
    const tenantId = randomUUID();
    await put(tenantId, { integrations_enabled: false, note: 'Until the contract is signed' });
    const { items } = (await api.call('GET', '/admin/activity?limit=1')).json;
    expect(items).toMatchObject([
      {
        action: 'tenant.settings_changed',
        tenant_id: tenantId,
        actor: expect.stringMatching(/^operator:tok_/),
        source: 'api',
        changed: ['integrations_enabled'],
        note: 'Until the contract is signed',
      },
    ]);
  });

  it('ignores fields that it does not know, a tenant among them', async () => {
    const [tenantId, other] = [randomUUID(), randomUUID()];
    const { json } = await put(tenantId, { integrations_enabled: true, tenant_id: other, shoe_size: 46 });
    expect(json).toEqual({ tenant_id: tenantId, integrations_enabled: true });
    expect((await get(other)).json.integrations_enabled).toBe(false);
  });

  it('takes the id in capitals for the same tenant and answers it in lower case', async () => {
    const tenantId = randomUUID();
    const { json } = await put(tenantId.toUpperCase(), { integrations_enabled: true });
    expect(json.tenant_id).toBe(tenantId);
    expect((await get(tenantId)).json.integrations_enabled).toBe(true);
  });

  it('changes the tenant in its path whatever X-Tenant-Id says', async () => {
    const [tenantId, other] = [randomUUID(), randomUUID()];
    const headers = { 'x-tenant-id': other };
    await api.call('PUT', `/admin/tenants/${tenantId}`, { headers, body: { integrations_enabled: true } });
    expect((await get(tenantId)).json.integrations_enabled).toBe(true);
    expect((await get(other)).json.integrations_enabled).toBe(false);
  });
});

describe('422', () => {
  it.each([
    ['no deliveries at all', { deliveries_per_second: 0 }],
    ['half a delivery', { concurrent_deliveries: 0.5 }],
    ['a text', { deliveries_per_second: '5' }],
    ['more than there are', { concurrent_deliveries: 1001 }],
  ])('is for a throttle of %s, and nothing changes', async (_, throttles) => {
    const { tenantId } = await api.newTenant();
    const { status, json } = await put(tenantId, { integrations_enabled: false, throttles });
    expect([status, json.code]).toEqual([422, 'request.invalid']);
    expect((await get(tenantId)).json).toEqual({ tenant_id: tenantId, integrations_enabled: true });
  });

  it.each([
    ['nothing', {}],
    ['a text', { integrations_enabled: 'true' }],
    ['a number', { integrations_enabled: 1 }],
    ['null', { integrations_enabled: null }],
  ])('is for %s where yes or no is asked, and nothing changes', async (_, body) => {
    const { tenantId } = await api.newTenant();
    const { status, json } = await put(tenantId, body);
    expect([status, json.code]).toEqual([422, 'request.invalid']);
    expect(json.errors).toMatchObject([{ field: 'integrations_enabled' }]);
    expect((await get(tenantId)).json.integrations_enabled).toBe(true);
  });
});
