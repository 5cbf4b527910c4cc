import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
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

const WEBHOOK = { connector_type: 'webhook', config: { url: 'https://example.com/hooks' } };

const create = ({ headers }: Tenant) => api.call('POST', '/connections', { headers, body: WEBHOOK });
const revoke = ({ headers }: Pick<Tenant, 'headers'>, query = '') =>
  api.call('DELETE', `/connections/webhook${query}`, { headers });
const show = ({ headers }: Pick<Tenant, 'headers'>) => api.call('GET', '/connections/webhook', { headers });
const rotate = ({ headers }: Pick<Tenant, 'headers'>) =>
  api.call('PATCH', '/connections/webhook', { headers, body: { secrets: {} } });

const secretsOf = async (tenantId: string) => {
  const { Items = [] } = await engine.client.send(new ScanCommand({ TableName: engine.table('Secrets') }));
  return Items.map((item) => unmarshall(item)).filter(({ pk }) => pk.includes(tenantId));
};

describe('DELETE /connections/{connector_type}: 200', () => {
  it('revokes: every version of its secrets is destroyed, and its principal may do nothing', async () => {
    const tenant = await api.newTenant();
    await create(tenant);
    await rotate(tenant);
    expect(await secretsOf(tenant.tenantId)).toHaveLength(2);
    const { status, json } = await revoke(tenant, '?note=The+contract+has+ended');
    expect([status, json.state, json.redacted_secrets]).toEqual([200, 'revoked', {}]);
    expect(json.principal).toMatchObject({ action_keys: [], grants: [] });
    expect(await secretsOf(tenant.tenantId)).toEqual([]);
    expect((await show(tenant)).json).toEqual(json);
  });

  it('is final: nothing brings the connection back, and a second time changes nothing', async () => {
    const tenant = await api.newTenant();
    await create(tenant);
    const { json } = await revoke(tenant);
    for (const body of [{ state: 'enabled' }, { config: {} }, { secrets: {} }, {}]) {
      const answer = await api.call('PATCH', '/connections/webhook', { headers: tenant.headers, body });
      expect([answer.status, answer.json.code]).toEqual([409, 'connection.revoked']);
    }
    expect((await revoke(tenant)).json).toEqual(json);
    expect(await secretsOf(tenant.tenantId)).toEqual([]);
  });

  it('is there for a tenant that has lost its place on the allowlist', async () => {
    const tenant = await api.newTenant();
    await create(tenant);
    await api.call('PUT', `/admin/tenants/${tenant.tenantId}`, { body: { integrations_enabled: false } });
    expect((await revoke(tenant)).json.state).toBe('revoked');
  });

  it('makes room for exactly one of fifty that are asked for at a time', async () => {
    const tenant = await api.newTenant();
    const first = (await create(tenant)).json;
    await revoke(tenant);
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(tenant)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    expect(answers.filter(({ json }) => json.code === 'connection.exists')).toHaveLength(49);
    const { json } = await show(tenant);
    expect([json.connection_id, json.state]).toEqual([made[0]?.json.connection_id, 'draft']);
    expect(json.connection_id).not.toBe(first.connection_id);
    expect(await secretsOf(tenant.tenantId)).toHaveLength(1);
  });

  it('of one that many change at the same time leaves no secret behind, whoever wins', async () => {
    const tenant = await api.newTenant();
    await create(tenant);
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, () => rotate(tenant)),
      revoke(tenant),
      ...Array.from({ length: 6 }, () => rotate(tenant)),
    ]);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    await until('it is revoked', async () => (await revoke(tenant)).status === 200);
    expect(await secretsOf(tenant.tenantId)).toEqual([]);
  });
});

describe('what is on its way when a connection is revoked', () => {
  const publish = async (headers: Readonly<Record<string, string>>, key: string): Promise<string> =>
    (await api.publish(headers, companyUpdated(key))).json.results[0].event_id;
  const deliveryOf = async (headers: Readonly<Record<string, string>>, eventId: string) =>
    (await api.call('GET', `/events/${eventId}`, { headers })).json.deliveries[0];

  it.each([
    ['and stays so', false],
    ['and another has taken its place', true],
  ])('ends as skipped with the reason connection_revoked: revoked %s', async (_, replaced) => {
    receiver.answer = () => ({ status: 503, headers: { 'retry-after': '2' } });
    const { headers, tenantId } = await connectWebhook(api.cloud, receiver.url);
    const eventId = await publish(headers, `queued-${replaced}`);
    await until('it waits', async () => (await deliveryOf(headers, eventId))?.state === 'retry');
    await revoke({ headers });
    if (replaced) await create({ headers, tenantId });
    const sent = receiver.requests.length;
    await until('it is over', async () => (await deliveryOf(headers, eventId)).state === 'skipped');
    expect(await deliveryOf(headers, eventId)).toMatchObject({ reason: 'connection_revoked' });
    expect(receiver.requests).toHaveLength(sent);
  });
});

describe('DELETE /connections/{connector_type}: refusals', () => {
  it('is 404 where there is none', async () => {
    const { status, json } = await revoke(await api.newTenant());
    expect([status, json.code]).toEqual([404, 'connection.not_found']);
  });

  it.each([
    ['nothing', ''],
    ['501 characters', 'x'.repeat(501)],
    ['an e-mail address', 'ask ada@example.com'],
    ['a secret', 'whsec_abc'],
  ])('is 422 for a note of %s, which is not repeated', async (_, note) => {
    const tenant = await api.newTenant();
    await create(tenant);
    const answer = await revoke(tenant, `?note=${encodeURIComponent(note)}`);
    expect([answer.status, answer.json.code, answer.json.errors[0].field]).toEqual([
      422,
      'request.invalid',
      'note',
    ]);
    if (note !== '') expect(answer.text).not.toContain(note);
    expect((await show(tenant)).json.state).toBe('draft');
  });
});
