import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkInvariants, type InvariantOptions } from '#local/invariants/check.ts';
import { connectWebhook, startTestCloud, type TestCloud } from '../../harness/cloud.ts';
import { companyUpdated } from '../../harness/events.ts';
import { queuedRow } from '../../harness/outbound.ts';
import { type Receiver, startReceiver } from '../../harness/receiver.ts';
import { until } from '../../harness/until.ts';

const MINUTES_15 = 900;

describe('the check of all tables and queues', () => {
  let cloud: TestCloud;
  let receiver: Receiver;
  let client: DynamoDBClient;
  beforeAll(async () => {
    [cloud, receiver] = await Promise.all([startTestCloud(), startReceiver()]);
    receiver.answer = ({ body }) => (body.includes('"name":"Refused"') ? 422 : 204);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const { endpoint } = cloud.cloud.engines.dynamodb;
    client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
  });
  afterAll(async () => {
    client.destroy();
    await cloud.stop();
    await receiver.close();
  });

  const named = (logicalId: string) =>
    [...cloud.cloud.resources.values()].find((resource) => resource.logicalId.startsWith(logicalId))
      ?.physicalName ?? '';
  const put = (table: string, item: Record<string, unknown>) =>
    client.send(new PutItemCommand({ TableName: named(`Storage${table}`), Item: marshall(item) }));
  const remove = (table: string, pk: string, sk: string) =>
    client.send(new DeleteItemCommand({ TableName: named(`Storage${table}`), Key: marshall({ pk, sk }) }));
  const pagesOf = async (tenantId: string) => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: named('StorageDeliveries') }));
    return Items.map((item) => unmarshall(item)).filter(({ pk }) => pk.startsWith(`T#${tenantId}#J#`));
  };
  const queue = (logicalId: string) => {
    const found = cloud.cloud.engines.sqs.queue(named(logicalId));
    if (!found) throw new Error(`There is no queue ${logicalId}`);
    return found;
  };
  const check = (options?: InvariantOptions) => checkInvariants(cloud.cloud, options);

  /** The rules broken for one tenant. */
  const broken = async (tenantId: string, options?: InvariantOptions) =>
    (await check(options))
      .filter(({ ids }) => ids['tenant_id'] === tenantId || ids['pk']?.includes(tenantId))
      .map(({ rule }) => rule);

  /** A tenant with one event that is over, and the keys of what that left. */
  const delivered = async (changes: Record<string, unknown> = {}) => {
    const tenant = await connectWebhook(cloud, receiver.url);
    const { tenantId, headers, connectionId } = tenant;
    const body = { events: [companyUpdated('one', changes)] };
    const published = await cloud.call('POST', '/events', { headers, body });
    const eventId: string = published.json.results[0].event_id;
    await until(
      'nothing of it is under way',
      async () => (await broken(tenantId, { settled: true })).length === 0,
    );
    const pk = `T#${tenantId}#E#${eventId}`;
    const deliveryId = `dlv_${eventId.slice(4)}_${connectionId.slice(4)}`;
    const pointer = { tenant_id: tenantId, delivery_id: deliveryId, connector_type: 'webhook' };
    return { ...tenant, eventId, pk, deliveryId, pointer };
  };

  it('finds nothing after events were delivered, quarantined and skipped', async () => {
    const { headers, tenantId } = await delivered();
    const { tenantId: other } = await delivered({ name: 'Refused' });
    await cloud.call('PATCH', '/connections/webhook', { headers, body: { state: 'disabled' } });
    await cloud.call('POST', '/events', { headers, body: { events: [companyUpdated('skipped')] } });
    await until('all is settled', async () => (await check({ settled: true })).length === 0);
    expect([...(await broken(tenantId)), ...(await broken(other))]).toEqual([]);
    expect(queue('LanewebhookQuarantine').depth().visible).toBe(1);
  });

  it('finds an event that has no delivery over a connection', async () => {
    const { tenantId, pk, eventId, connectionId } = await delivered();
    await remove('Deliveries', pk, connectionId);
    expect(await check()).toContainEqual({
      rule: 'event_without_delivery',
      says: `The event ${eventId} has no delivery over the connection ${connectionId} of its tenant`,
      ids: { tenant_id: tenantId, event_id: eventId, connection_id: connectionId },
    });
  });

  it('finds a delivery of an event that is not there', async () => {
    const { tenantId, pk } = await delivered();
    await remove('Outbox', pk, 'event');
    expect(await broken(tenantId)).toEqual(['delivery_without_event']);
  });

  it('finds a delivery over a connection that never was a destination', async () => {
    const { tenantId, pk } = await delivered();
    const draft = `con_${'0'.repeat(26)}`;
    const record = { connection_id: draft, scope: 'platform', state: 'draft', secret_fields: {} };
    await put('Connections', { pk: `T#${tenantId}#C`, sk: 'connection#platform#draft', ...record });
    const principal = { connection_id: draft, grants: [] };
    await put('Connections', { pk: `T#${tenantId}#C`, sk: 'principal#platform#draft', ...principal });
    await put('Deliveries', { pk, sk: draft, ...queuedRow({ state: 'delivered' }) });
    expect(await broken(tenantId)).toEqual(['delivery_of_draft']);
  });

  it('finds what is wrong with deliveries of an occasion: one that is missing, and one that names another', async () => {
    const { headers, tenantId, eventId, pk } = await delivered();
    const scope = { scope: 'occasion', scope_id: 'A' };
    const body = { connector_type: 'webhook', config: { url: receiver.url }, ...scope };
    const { json } = await cloud.call('POST', '/connections', { headers, body });
    const path = '/connections/webhook?scope=occasion&scope_id=A';
    await cloud.call('PATCH', path, { headers, body: { state: 'enabled' } });
    const events = [{ ...companyUpdated('scoped'), ...scope }];
    const published = await cloud.call('POST', '/events', { headers, body: { events } });
    await until('it is over', async () => (await broken(tenantId, { settled: true })).length === 0);
    await remove('Deliveries', `T#${tenantId}#E#${published.json.results[0].event_id}`, json.connection_id);
    expect(await broken(tenantId)).toEqual(['event_without_delivery']);
    await put('Deliveries', { pk, sk: json.connection_id, ...queuedRow({ state: 'delivered' }) });
    expect(await check()).toContainEqual(
      expect.objectContaining({
        rule: 'delivery_out_of_scope',
        ids: expect.objectContaining({ event_id: eventId, connection_id: json.connection_id }),
      }),
    );
    await cloud.call('DELETE', path, { headers });
    await remove('Connections', `T#${tenantId}#C`, '~principal#occasion#A#webhook');
    expect(await broken(tenantId)).toContain('connection_without_principal');
  });

  it('finds an event that no page of the journal names', async () => {
    const { tenantId, eventId } = await delivered();
    const { pk, sk } = (await pagesOf(tenantId))[0] ?? {};
    await remove('Deliveries', String(pk), String(sk));
    expect(await broken(tenantId)).toEqual(['event_without_page']);
    await put('Deliveries', { pk, sk, events: { 'company.updated': [eventId] } });
    expect(await broken(tenantId)).toEqual([]);
  });

  it.each(['queued', 'retry', 'delivering'] as const)(
    'finds a delivery that is %s without a message that points to it',
    async (state) => {
      const { tenantId, pk, connectionId, pointer } = await delivered();
      await put('Deliveries', { pk, sk: connectionId, ...queuedRow({ state }) });
      expect(await broken(tenantId)).toEqual(['delivery_stuck']);
      await queue('LanewebhookQueue').send({ body: JSON.stringify(pointer), delaySeconds: MINUTES_15 });
      expect(await broken(tenantId)).toEqual([]);
      expect(await broken(tenantId, { settled: true })).toEqual(['delivery_not_over', 'lane_not_empty']);
    },
  );

  it('finds a row and a message that are not in the same quarantine', async () => {
    const { tenantId, pk, connectionId, pointer } = await delivered();
    const row = queuedRow({ state: 'quarantined', quarantine_id: 'qua_row' });
    await put('Deliveries', { pk, sk: connectionId, ...row });
    expect(await broken(tenantId)).toEqual(['quarantined_without_message']);
    const quarantine = queue('LanewebhookQuarantine');
    await quarantine.send({ body: JSON.stringify({ ...pointer, quarantine_id: 'qua_other' }) });
    expect(await broken(tenantId)).toEqual(['quarantined_without_message', 'quarantine_without_delivery']);
    await quarantine.send({ body: JSON.stringify({ ...pointer, quarantine_id: 'qua_row' }) });
    expect(await broken(tenantId)).toEqual(['quarantine_without_delivery']);
  });

  it('finds what the queue itself moved to quarantine, be it a pointer or not', async () => {
    const { tenantId, pointer } = await delivered();
    await queue('LanewebhookQuarantine').send({ body: JSON.stringify(pointer) });
    expect(await broken(tenantId)).toEqual(['moved_by_queue']);
    const { messageId } = await queue('LanewebhookQuarantine').send({ body: 'not a pointer' });
    expect(await check()).toContainEqual(
      expect.objectContaining({
        rule: 'moved_by_queue',
        ids: { queue: expect.any(String), message_id: messageId },
      }),
    );
  });

  it('finds what a revoked connection has kept: secrets, or grants', async () => {
    const { headers, tenantId, connectionId } = await delivered();
    await cloud.call('DELETE', '/connections/webhook', { headers });
    expect(await broken(tenantId)).toEqual([]);
    await put('Secrets', {
      pk: `T#${tenantId}#S#${connectionId}`,
      sk: 'version#000001#signing_secret',
    });
    expect(await broken(tenantId)).toEqual(['secrets_of_revoked']);
    const grants = [{ action_key: 'events.deliver' }];
    const principal = { pk: `T#${tenantId}#C`, sk: 'principal#platform#webhook' };
    await put('Connections', { ...principal, connection_id: connectionId, grants });
    expect(await broken(tenantId)).toEqual(['secrets_of_revoked', 'grants_of_revoked']);
    await remove('Connections', principal.pk, principal.sk);
    expect(await broken(tenantId)).toEqual(['secrets_of_revoked', 'connection_without_principal']);
  });

  it('finds a connection without the version of its secrets, and secrets without their connection', async () => {
    const { tenantId, connectionId } = await delivered();
    await remove('Secrets', `T#${tenantId}#S#${connectionId}`, 'version#000001#signing_secret');
    expect(await broken(tenantId)).toEqual(['connection_without_secrets']);
    await put('Secrets', { pk: `T#${tenantId}#S#con_gone`, sk: 'version#000001' });
    expect(await broken(tenantId)).toEqual(['connection_without_secrets', 'secrets_without_connection']);
  });

  it('finds a key that does not begin with a tenant, in any table', async () => {
    for (const table of ['Connections', 'Secrets', 'Deliveries']) {
      await put(table, { pk: `X#${table}`, sk: 'a' });
      const [found] = (await check()).filter(({ ids }) => ids['pk'] === `X#${table}`);
      expect(found).toMatchObject({ rule: 'key_without_tenant', ids: { sk: 'a' } });
      expect(found?.ids['table']).toMatch(`Storage${table}`);
    }
  });
});
