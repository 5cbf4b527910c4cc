import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkInvariants } from '#local/invariants/check.ts';
import { connectWebhook, startTestCloud, type TestCloud } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Received, type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';

const TENANTS = 5;
const ROUNDS = 4;
const WISHES = ['accept', 'accept', 'later', 'refuse', 'accept'];

/** Does what the event asks for: accepts it, refuses it, or accepts it when it comes for the second time. */
const answerAsAsked = () => {
  const seen = new Set<unknown>();
  return ({ body, headers }: Received) => {
    const wish: string = JSON.parse(body.toString()).data.name;
    const again = seen.has(headers['webhook-id']);
    seen.add(headers['webhook-id']);
    if (wish === 'refuse') return 422;
    return wish === 'later' && !again ? { status: 503, headers: { 'retry-after': '1' } } : 204;
  };
};

describe('a mixed load of several tenants', () => {
  let cloud: TestCloud;
  let receiver: Receiver;
  beforeAll(async () => {
    [cloud, receiver] = await Promise.all([startTestCloud(), startReceiver()]);
    receiver.answer = answerAsAsked();
  });
  afterAll(async () => {
    await cloud.stop();
    await receiver.close();
  });

  const setState = (headers: Record<string, string>, state: string) =>
    cloud.call('PATCH', '/connections/webhook', { headers, body: { state } });

  const publish = async (headers: Record<string, string>, round: number): Promise<string[]> => {
    const events = WISHES.map((name, index) => companyUpdated(`${round}-${index}`, { name }));
    const { json } = await cloud.call('POST', '/events', { headers, body: { events } });
    return json.results.map((result: { event_id: string }) => result.event_id);
  };

  /** Publishes round after round; every second tenant turns its connection off and on meanwhile. */
  const load = async (tenant: number) => {
    const { headers } = await connectWebhook(cloud, receiver.url);
    const eventIds: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      if (tenant % 2 === 1) await setState(headers, round % 2 === 1 ? 'disabled' : 'enabled');
      eventIds.push(...(await publish(headers, round)));
    }
    return { headers, eventIds };
  };

  it('leaves each event an outcome, nothing stuck, and rows and messages of quarantine in step', async () => {
    const loads = await Promise.all(Array.from({ length: TENANTS }, (_, tenant) => load(tenant)));
    const settled = () => checkInvariants(cloud.cloud, { settled: true });
    await until('all is settled', async () => (await settled()).length === 0).catch(() => {});
    expect(await settled()).toEqual([]);
    const [{ headers, eventIds } = { headers: {}, eventIds: [] }] = loads;
    const states = await Promise.all(
      eventIds
        .slice(0, WISHES.length)
        .map(async (id) => (await cloud.call('GET', `/events/${id}`, { headers })).json.deliveries[0].state),
    );
    expect(states).toEqual(['delivered', 'delivered', 'delivered', 'quarantined', 'delivered']);
  });
});
