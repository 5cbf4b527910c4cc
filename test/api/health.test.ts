import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectWebhook } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { engineClient } from '../harness/stored.ts';
import { until } from '../harness/until.ts';
import { type Api, startApi, type Tenant } from './start-api.ts';

let api: Api;
let receiver: Receiver;
let engine: ReturnType<typeof engineClient>;
beforeAll(async () => {
  [api, receiver] = await Promise.all([startApi(), startReceiver()]);
  engine = engineClient(api.cloud.cloud);
});
afterAll(async () => {
  engine.client.destroy();
  await api.stop();
  await receiver.close();
});

const healthOf = ({ headers }: Pick<Tenant, 'headers'>) =>
  api.call('GET', '/connections/webhook/health', { headers });
const test = ({ headers }: Pick<Tenant, 'headers'>) =>
  api.call('POST', '/connections/webhook/test', { headers });

/** Changes an attribute of a stored connection, as a connector that has grown a rule would find it. */
const tamper = ({ tenantId }: Tenant, name: string, value: unknown) =>
  engine.client.send(
    new UpdateItemCommand({
      TableName: engine.table('Connections'),
      Key: marshall({ pk: `T#${tenantId}#C`, sk: 'connection#platform#webhook' }),
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: marshall({ ':value': value }),
    }),
  );

describe('GET /connections/{connector_type}/health', () => {
  it('says which secrets there are and since when, and that nobody has looked yet', async () => {
    const tenant = await connectWebhook(api.cloud, receiver.url);
    const { status, json, text } = await healthOf(tenant);
    expect([status, json.status, json.reasons]).toEqual([200, 'unknown', []]);
    expect(json.secrets).toEqual({
      signing_secret: { present: true, required: true, version: 1, created_at: expect.any(String) },
    });
    expect(json).not.toHaveProperty('last_used_at');
    expect(text).not.toContain(tenant.signingSecret);
  });

  it.each([
    ['configuration', 'config', {}, { code: 'config_invalid', field: 'config.url' }],
    ['secrets', 'secret_fields', {}, { code: 'secret_missing', field: 'secrets.signing_secret' }],
  ])('is degraded, with the reason, once its connector asks for more than its %s has', async (...given) => {
    const [, name, value, reason] = given;
    const tenant = await connectWebhook(api.cloud, receiver.url);
    await tamper(tenant, name, value);
    const { json } = await healthOf(tenant);
    expect([json.status, json.reasons]).toEqual(['degraded', [expect.objectContaining(reason)]]);
    const shown = await api.call('GET', '/connections/webhook', { headers: tenant.headers });
    expect(shown.json.health).toBe('degraded');
  });

  it('is kept as degraded, with its activity, by the delivery that first meets it; and once', async () => {
    const tenant = await connectWebhook(api.cloud, receiver.url);
    await tamper(tenant, 'config', {});
    const { json } = await api.publish(tenant.headers, companyUpdated('one'), companyUpdated('two'));
    for (const { event_id } of json.results) {
      await until('it is skipped', async () => {
        const event = await api.call('GET', `/events/${event_id}`, { headers: tenant.headers });
        return event.json.deliveries[0]?.reason === 'connection_invalid';
      });
    }
    await api.publish(tenant.headers, companyUpdated('three'));
    const degraded = async () => {
      const { items } = (await api.call('GET', '/connections/webhook/activity', { headers: tenant.headers }))
        .json;
      return items.filter(({ action }: { action: string }) => action === 'connection.degraded');
    };
    await until('it is noted', async () => (await degraded()).length > 0);
    expect(await degraded()).toMatchObject([
      { code: 'config_invalid', changed: ['config.url'], source: 'delivery' },
    ]);
    const { items, failing } = (await api.call('GET', '/admin/connections')).json;
    expect(failing).toEqual({ total: 1, by_connector_type: { webhook: 1 } });
    expect(items[0]).toMatchObject({ tenant_id: tenant.tenantId, health: 'degraded' });
    await api.call('PATCH', '/connections/webhook', {
      headers: tenant.headers,
      body: { config: { url: receiver.url } },
    });
    expect((await healthOf(tenant)).json.status).toBe('unknown');
    expect((await api.call('GET', '/admin/connections')).json.failing.total).toBe(0);
  });
});

describe('POST /connections/{connector_type}/test', () => {
  it('asks the endpoint for its headers alone, sends no event, and keeps that it is well', async () => {
    const tenant = await connectWebhook(api.cloud, receiver.url);
    const before = receiver.requests.length;
    const { status, json } = await test(tenant);
    expect([status, json.status, json.reasons]).toEqual([200, 'ok', []]);
    expect(json.diagnostics).toEqual({ method: 'HEAD', http_status: 204, duration_ms: expect.any(Number) });
    const sent = receiver.requests.slice(before);
    expect(sent.map(({ body }) => body.length)).toEqual([0]);
    expect(Object.keys(sent[0]?.headers ?? {}).filter((name) => name.startsWith('webhook-'))).toEqual([]);
    expect((await healthOf(tenant)).json).toMatchObject({ status: 'ok', checked_at: json.checked_at });
  });

  it.each([
    ['takes no HEAD', 405],
    ['knows no HEAD', 501],
    ['wants a signature', 401],
  ])('is ok where the endpoint answers that it %s: an event may fare better', async (_, answer) => {
    const tenant = await connectWebhook(api.cloud, receiver.url);
    receiver.answer = () => answer;
    expect((await test(tenant)).json).toMatchObject({ status: 'ok', diagnostics: { http_status: answer } });
    receiver.answer = () => 204;
  });

  it.each([
    ['answers 503', 503, 'http_503'],
    ['redirects', 302, 'http_302'],
  ])('is degraded where the endpoint %s', async (_, answer, detail) => {
    const tenant = await connectWebhook(api.cloud, receiver.url);
    receiver.answer = () => ({ status: answer, headers: { location: 'https://example.com/canary' } });
    const { json, text } = await test(tenant);
    receiver.answer = () => 204;
    expect([json.status, json.reasons]).toEqual(['degraded', [{ code: 'check_failed', detail }]]);
    expect(text).not.toContain('canary');
    expect((await healthOf(tenant)).json.reasons).toEqual(json.reasons);
  });

  it('is degraded where nobody listens, and well again after a change', async () => {
    const gone = await startReceiver();
    await gone.close();
    const tenant = await connectWebhook(api.cloud, gone.url);
    expect((await test(tenant)).json.reasons).toEqual([{ code: 'check_failed', detail: 'connect_failed' }]);
    const { items } = (await api.call('GET', '/connections/webhook/activity', { headers: tenant.headers }))
      .json;
    expect(items[0]).toMatchObject({
      action: 'connection.tested',
      code: 'connect_failed',
      actor: expect.stringMatching(/^operator:tok_/),
    });
    const body = { config: { url: receiver.url } };
    await api.call('PATCH', '/connections/webhook', { headers: tenant.headers, body });
    expect((await healthOf(tenant)).json).toMatchObject({ status: 'unknown', reasons: [] });
    expect((await test(tenant)).json.status).toBe('ok');
  });

  it('may be asked of a draft that has no errors, and of no other', async () => {
    const tenant = await api.newTenant();
    const { headers } = tenant;
    await api.call('POST', '/connections', { headers, body: { connector_type: 'webhook' } });
    expect((await test(tenant)).json).toMatchObject({ code: 'connection.invalid' });
    await api.call('PATCH', '/connections/webhook', { headers, body: { config: { url: receiver.url } } });
    expect((await test(tenant)).json.status).toBe('ok');
  });
});

describe('GET /admin/connections', () => {
  it('lists the connections of all tenants, those that fail first, each once', async () => {
    const gone = await startReceiver();
    await gone.close();
    const well = await connectWebhook(api.cloud, receiver.url);
    const failing = await connectWebhook(api.cloud, gone.url);
    const before = (await api.call('GET', '/admin/connections')).json.failing.total;
    await test(failing);
    const items: { connection_id: string; tenant_id: string; health: string }[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { json } = await api.call('GET', `/admin/connections?limit=2${query}`);
      expect(json.items.length).toBeLessThanOrEqual(2);
      expect(json.failing.total).toBe(before + 1);
      items.push(...json.items);
      cursor = json.next_cursor;
    }
    const places = items.map(({ tenant_id }) => tenant_id);
    expect(places.indexOf(failing.tenantId)).toBeLessThanOrEqual(before);
    expect(places.indexOf(well.tenantId)).toBeGreaterThan(before);
    expect(items.slice(0, before + 1).map(({ health }) => health)).not.toContain('ok');
    expect(new Set(items.map(({ connection_id }) => connection_id)).size).toBe(items.length);
  });

  it('forgets that one failed when it is revoked, and still lists it', async () => {
    const gone = await startReceiver();
    await gone.close();
    const tenant = await connectWebhook(api.cloud, gone.url);
    const total = async () => (await api.call('GET', '/admin/connections?limit=100')).json;
    const before = (await total()).failing.total;
    await test(tenant);
    expect((await total()).failing.total).toBe(before + 1);
    await api.call('DELETE', '/connections/webhook', { headers: tenant.headers });
    const { failing, items } = await total();
    expect(failing.total).toBe(before);
    expect(items).toContainEqual(expect.objectContaining({ tenant_id: tenant.tenantId, state: 'revoked' }));
  });

  const forged = [
    {},
    { list: 'change' },
    { list: 'failing', last: {} },
    { list: 'failing', last: { pk: '' } },
  ].map((cursor) => `cursor=${Buffer.from(JSON.stringify(cursor)).toString('base64url')}`);
  it.each(['limit=0', 'limit=101', 'cursor=nonsense', ...forged])('is 422 for ?%s', async (query) => {
    const { status, json } = await api.call('GET', `/admin/connections?${query}`);
    expect([status, json.code]).toEqual([422, 'request.invalid']);
  });
});
