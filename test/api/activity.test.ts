import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activity } from '../../contracts/activity.ts';
import { connectWebhook } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';
import { type Api, startApi, type Tenant } from './start-api.ts';

let api: Api;
let receiver: Receiver;
beforeAll(async () => {
  [api, receiver] = await Promise.all([startApi(), startReceiver()]);
});
afterAll(async () => {
  await api.stop();
  await receiver.close();
});

type Named = Pick<Tenant, 'headers'>;

const list = ({ headers }: Named, query = '') =>
  api.call('GET', `/connections/webhook/activity${query}`, { headers });
const everywhere = (query = '') => api.call('GET', `/admin/activity${query}`);
const change = ({ headers }: Named, body: object) =>
  api.call('PATCH', '/connections/webhook', { headers, body });
const actionsOf = (items: readonly Activity[]) => items.map(({ action }) => action);

/** All pages of a list, one after the other. */
const allPages = async (page: (query: string) => ReturnType<typeof everywhere>, limit: number) => {
  const pages: Activity[][] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = `?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const { json } = await page(query);
    pages.push(json.items);
    cursor = json.next_cursor;
  }
  return pages;
};

describe('GET /connections/{connector_type}/activity', () => {
  it('tells who did what, when, through what and why, latest first', async () => {
    const tenant = await api.newTenant();
    const { headers, tenantId } = tenant;
    const config = { url: 'https://example.com/hooks' };
    const body = { connector_type: 'webhook', config, note: 'For the pilot' };
    const { json } = await api.call('POST', '/connections', { headers, body });
    await change(tenant, { state: 'enabled' });
    await change(tenant, { config: { url: 'https://example.com/moved' }, note: 'They have moved' });
    await change(tenant, { secrets: {} });
    await change(tenant, { state: 'disabled' });
    await api.call('DELETE', '/connections/webhook?note=It+is+over', { headers });
    const { items } = (await list(tenant)).json;
    expect(actionsOf(items)).toEqual([
      'connection.revoked',
      'connection.disabled',
      'connection.secrets_rotated',
      'connection.configured',
      'connection.enabled',
      'connection.created',
    ]);
    for (const item of items) {
      expect(item).toMatchObject({
        activity_id: expect.stringMatching(/^act_/),
        actor: expect.stringMatching(/^operator:tok_/),
        source: 'api',
        tenant_id: tenantId,
        connection_id: json.connection_id,
        connector_type: 'webhook',
        scope: 'platform',
        request_id: expect.stringMatching(/./),
      });
    }
    expect(items[0].note).toBe('It is over');
    expect(items[2]).toMatchObject({
      changed: ['secrets.signing_secret'],
      key_id: expect.stringMatching(/^key_/),
    });
    expect(items[3]).toMatchObject({ changed: ['config.url'], note: 'They have moved' });
    expect(items[5]).toMatchObject({ note: 'For the pilot', key_id: json.principal.key_id });
  });

  it('holds names of what was changed and never a value or a secret', async () => {
    const tenant = await connectWebhook(api.cloud, 'https://example.com/canary');
    await change(tenant, { config: { url: 'https://example.com/canary-2' } });
    const rotated = (await change(tenant, { secrets: {} })).json;
    const { text } = await list(tenant);
    for (const mark of ['canary', tenant.signingSecret, rotated.secrets.signing_secret]) {
      expect(text).not.toContain(mark);
    }
  });

  it('has nothing of what was refused or changed nothing', async () => {
    const tenant = await connectWebhook(api.cloud, 'https://example.com/hooks');
    const before = (await list(tenant)).json;
    await change(tenant, {});
    await change(tenant, { state: 'enabled', config: { url: 'https://example.com/hooks' } });
    await change(tenant, { config: { url: 'https://10.0.0.1/' } });
    await change(tenant, { secrets: { signing_secret: 'weak' } });
    expect((await list(tenant)).json).toEqual(before);
  });

  it('goes on where another connection has taken the place, and tells the two apart', async () => {
    const tenant = await connectWebhook(api.cloud, 'https://example.com/hooks');
    await api.call('DELETE', '/connections/webhook', { headers: tenant.headers });
    const body = { connector_type: 'webhook' };
    const second = (await api.call('POST', '/connections', { headers: tenant.headers, body })).json;
    const { items } = (await list(tenant)).json;
    expect(items[0]).toMatchObject({ action: 'connection.created', connection_id: second.connection_id });
    expect(items[1]).toMatchObject({ action: 'connection.revoked', connection_id: tenant.connectionId });
  });

  it('comes in pages that together are the whole, each once', async () => {
    const tenant = await connectWebhook(api.cloud, 'https://example.com/hooks');
    for (let turn = 0; turn < 5; turn++)
      await change(tenant, { config: { url: `https://example.com/${turn}` } });
    const whole = (await list(tenant)).json.items;
    expect(whole).toHaveLength(7);
    const pages = await allPages((query) => list(tenant, query), 3);
    expect(pages.flat()).toEqual(whole);
    expect(pages.slice(0, 2).map(({ length }) => length)).toEqual([3, 3]);
  });

  it('is 404 where the tenant has none, whoever else has', async () => {
    await connectWebhook(api.cloud, 'https://example.com/hooks');
    const { status, json } = await list(await api.newTenant());
    expect([status, json.code]).toEqual([404, 'connection.not_found']);
  });

  it("is not read on with another tenant's cursor: it shows the tenant's own", async () => {
    const [one, other] = [
      await connectWebhook(api.cloud, 'https://example.com/one'),
      await connectWebhook(api.cloud, 'https://example.com/other'),
    ];
    const { next_cursor } = (await list(one, '?limit=1')).json;
    const { items } = (await list(other, `?cursor=${next_cursor}`)).json;
    for (const item of items) expect(item.tenant_id).toBe(other.tenantId);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'limit=1&limit=2', 'cursor=', 'cursor=nonsense', 'cursor=e30'])(
    'is 422 for ?%s',
    async (query) => {
      const tenant = await connectWebhook(api.cloud, 'https://example.com/hooks');
      for (const answer of [await list(tenant, `?${query}`), await everywhere(`?${query}`)]) {
        expect([answer.status, answer.json.code]).toEqual([422, 'request.invalid']);
        expect(query).toContain(answer.json.errors[0].field);
      }
    },
  );
});

describe('the use of a connection', () => {
  it('is noted with the principal as its actor, once for many deliveries', async () => {
    const tenant = await connectWebhook(api.cloud, receiver.url);
    const before = receiver.requests.length;
    const events = Array.from({ length: 40 }, (_, index) => companyUpdated(`use-${index}`));
    await api.publish(tenant.headers, ...events);
    await until('all arrive', async () => receiver.requests.length === before + events.length);
    await until('it is noted', async () =>
      actionsOf((await list(tenant)).json.items).includes('connection.used'),
    );
    await api.publish(tenant.headers, companyUpdated('use-later'));
    await until('one more arrives', async () => receiver.requests.length === before + events.length + 1);
    const { items } = (await list(tenant)).json;
    expect(items.filter(({ action }: Activity) => action === 'connection.used')).toMatchObject([
      { actor: `integration:${tenant.connectionId}`, source: 'delivery' },
    ]);
    const { json } = await api.call('GET', '/connections/webhook', { headers: tenant.headers });
    expect(Date.parse(json.principal.last_used_at)).toBeGreaterThan(Date.parse(json.created_at));
  });
});

describe('GET /admin/activity', () => {
  it('tells of all tenants, latest first, in pages that together are the whole', async () => {
    const tenants = [
      await connectWebhook(api.cloud, 'https://example.com/a'),
      await connectWebhook(api.cloud, 'https://example.com/b'),
    ];
    const pages = await allPages(everywhere, 7);
    const items = pages.flat();
    const times = items.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().reverse());
    expect(new Set(items.map(({ activity_id }) => activity_id)).size).toBe(items.length);
    for (const { tenantId } of tenants) {
      const own = items.filter(({ tenant_id }) => tenant_id === tenantId);
      expect(actionsOf(own)).toEqual(['connection.enabled', 'connection.created', 'tenant.settings_changed']);
    }
  });

  it('lists uses apart from changes', async () => {
    const { items: changes } = (await everywhere('?limit=100')).json;
    expect(actionsOf(changes)).not.toContain('connection.used');
    const { items: uses } = (await everywhere('?kind=use')).json;
    expect(new Set(actionsOf(uses))).toEqual(new Set(['connection.used']));
  });
});
