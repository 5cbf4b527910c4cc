import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../local/invariants/check.ts';
import { connectWebhook, startTestCloud, type TestCloud } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';

const A = { scope: 'occasion', scope_id: 'A' };
const B = { scope: 'occasion', scope_id: 'B' };
const EVENT_A = { scope: 'event', scope_id: 'A' };

describe('an event that names an occasion', () => {
  let cloud: TestCloud;
  let receiver: Receiver;
  let sqs: SQSClient;
  let headers: Record<string, string>;
  /** Connection ids by the scope's name. */
  const ids: Record<string, string> = {};

  const connect = async (scope: { scope: string; scope_id: string }) => {
    const body = { connector_type: 'webhook', config: { url: receiver.url }, ...scope };
    const created = await cloud.call('POST', '/connections', { headers, body });
    const path = `/connections/webhook?${new URLSearchParams(scope)}`;
    await cloud.call('PATCH', path, { headers, body: { state: 'enabled' } });
    ids[`${scope.scope} ${scope.scope_id}`] = created.json.connection_id;
  };
  const publish = async (key: string, scope: object = {}): Promise<string> => {
    const body = { events: [{ ...companyUpdated(key), ...scope }] };
    const { json } = await cloud.call('POST', '/events', { headers, body });
    return json.results[0].event_id;
  };
  const shown = async (eventId: string) => (await cloud.call('GET', `/events/${eventId}`, { headers })).json;
  const reached = async (eventId: string): Promise<string[]> => {
    const { deliveries } = await shown(eventId);
    const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
    return deliveries.map((one: { connection_id: string }) => names.get(one.connection_id)).sort();
  };
  const settled = async () =>
    until(
      'nothing is under way',
      async () => (await checkInvariants(cloud.cloud, { settled: true })).length === 0,
    );

  beforeAll(async () => {
    [cloud, receiver] = await Promise.all([startTestCloud(), startReceiver()]);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    sqs = new SQSClient({ endpoint: cloud.cloud.engines.sqs.endpoint, region: 'eu-central-1', credentials });
    const tenant = await connectWebhook(cloud, receiver.url);
    headers = tenant.headers;
    ids['platform'] = tenant.connectionId;
    for (const scope of [A, B, EVENT_A]) await connect(scope);
  });
  afterAll(async () => {
    sqs.destroy();
    await cloud.stop();
    await receiver.close();
  });

  it('reaches the connections of the platform and of that occasion, and no other', async () => {
    const published = [await publish('plain'), await publish('a', A), await publish('event', EVENT_A)];
    await settled();
    expect(await Promise.all(published.map(reached))).toEqual([
      ['platform'],
      ['occasion A', 'platform'],
      ['event A', 'platform'],
    ]);
    for (const eventId of published) {
      const { deliveries } = await shown(eventId);
      expect(deliveries.every(({ state }: { state: string }) => state === 'delivered')).toBe(true);
    }
  });

  it('says so to its destination, and one that names none says nothing', async () => {
    const [named, plain] = [await publish('told', B), await publish('untold')];
    await settled();
    const bodies = receiver.requests.map(({ body }) => JSON.parse(body.toString()));
    const of = (id: string) => bodies.filter(({ event_id }) => event_id === id);
    expect(of(named)).toMatchObject([B, B]);
    expect(of(plain)).toHaveLength(1);
    expect(of(plain)[0]).not.toHaveProperty('scope');
    expect((await shown(named)).event).toMatchObject(B);
  });

  it('is delivered from quarantine over the connection of its occasion, when its pointer is redriven', async () => {
    receiver.answer = () => 410;
    const eventId = await publish('refused', A);
    const states = async () => (await shown(eventId)).deliveries.map(({ state }: { state: string }) => state);
    await until('both are quarantined', async () => (await states()).join() === 'quarantined,quarantined');
    await settled();
    receiver.answer = () => 204;
    const found = (id: string) =>
      [...cloud.cloud.resources.values()].find((one) => one.logicalId.startsWith(id));
    const [source, lane] = [found('LanewebhookQuarantine'), found('LanewebhookQueue')];
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: source?.arn, DestinationArn: lane?.arn }));
    await until('both are delivered', async () => (await states()).join() === 'delivered,delivered');
  });

  it('leaves a reason over a connection of its occasion that is disabled, and no row over a draft', async () => {
    const path = `/connections/webhook?${new URLSearchParams(B)}`;
    await cloud.call('PATCH', path, { headers, body: { state: 'disabled' } });
    const C = { scope: 'occasion', scope_id: 'C' };
    const body = { connector_type: 'webhook', config: { url: receiver.url }, ...C };
    expect((await cloud.call('POST', '/connections', { headers, body })).json.state).toBe('draft');
    const [disabled, draft] = [await publish('disabled', B), await publish('draft', C)];
    await settled();
    const { deliveries } = await shown(disabled);
    const rows = deliveries.map(({ state, reason }: { state: string; reason?: string }) => reason ?? state);
    expect(rows.sort()).toEqual(['connection_disabled', 'delivered']);
    expect(await reached(draft)).toEqual(['platform']);
  });
});
