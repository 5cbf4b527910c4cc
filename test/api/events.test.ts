import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectWebhook } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';
import { type Api, startApi } from './start-api.ts';

let api: Api;
let receiver: Receiver;
beforeAll(async () => {
  [api, receiver] = await Promise.all([startApi(), startReceiver()]);
});
afterAll(async () => {
  await api.stop();
  await receiver.close();
});

type Headers = Readonly<Record<string, string>>;

const publish = async (headers: Headers, key: string): Promise<string> => {
  const { json } = await api.publish(headers, companyUpdated(key, { name: `Name of ${key}` }));
  return json.results[0].event_id;
};
const read = (headers: Headers, eventId: string) => api.call('GET', `/events/${eventId}`, { headers });
const settled = (headers: Headers, eventId: string, state: string) =>
  until(`a delivery of ${eventId} is ${state}`, async () => {
    const { json } = await read(headers, eventId);
    return json.deliveries[0]?.state === state && json.deliveries[0];
  });
const bodySent = (eventId: string) =>
  receiver.requests.find(({ headers }) => headers['webhook-id'] === eventId)?.body ?? Buffer.alloc(0);
const bare = (id: string) => id.slice(id.indexOf('_') + 1);

describe('200', () => {
  it('shows an event at once, before there is any delivery, and without one for a tenant without connections', async () => {
    const { headers, tenantId } = await api.newTenant();
    const eventId = await publish(headers, 'alone');
    const { status, json } = await read(headers, eventId);
    expect([status, json.deliveries]).toEqual([200, []]);
    expect(json.event).toMatchObject({ event_id: eventId, tenant_id: tenantId, idempotency_key: 'alone' });
  });

  it('shows a delivery with its attempt and the hash of the body that was sent', async () => {
    const { headers, connectionId } = await connectWebhook(api.cloud, receiver.url);
    const eventId = await publish(headers, 'delivered');
    const delivery = await settled(headers, eventId, 'delivered');
    expect(delivery).toMatchObject({
      delivery_id: `dlv_${bare(eventId)}_${bare(connectionId)}`,
      connection_id: connectionId,
      connector_type: 'webhook',
      attempts: [{ outcome: 'delivered' }],
    });
    const sha256 = createHash('sha256').update(bodySent(eventId)).digest('hex');
    expect(delivery.attempts[0].body_sha256).toBe(sha256);
    expect(delivery).not.toHaveProperty('next_attempt_at');
  });

  it('shows why an attempt failed and when the next one is due', async () => {
    receiver.answer = ({ body }) => (body.includes('failing') ? 500 : 204);
    const { headers } = await connectWebhook(api.cloud, receiver.url);
    const eventId = await publish(headers, 'failing');
    const delivery = await settled(headers, eventId, 'retry');
    expect(delivery.attempts).toMatchObject([{ outcome: 'retry', code: 'http_500' }]);
    expect(Date.parse(delivery.next_attempt_at)).toBeGreaterThan(Date.parse(delivery.attempts[0].at));
  });

  it('shows what was skipped, and why, without an attempt', async () => {
    const { headers } = await connectWebhook(api.cloud, receiver.url, {
      events: { 'company.updated': false },
    });
    const delivery = await settled(headers, await publish(headers, 'skipped'), 'skipped');
    expect([delivery.reason, delivery.attempts]).toEqual(['event_type_off', []]);
  });

  it('keeps neither body nor URL nor secret in a delivery', async () => {
    const { headers, signingSecret } = await connectWebhook(api.cloud, receiver.url);
    const delivery = await settled(headers, await publish(headers, 'nothing-kept'), 'delivered');
    const text = JSON.stringify(delivery);
    for (const mark of ['Name of nothing-kept', 'example.com', receiver.url, signingSecret]) {
      expect(text).not.toContain(mark);
    }
  });

  it('has forgotten what only the worker needs', async () => {
    const { headers } = await connectWebhook(api.cloud, receiver.url);
    const delivery = await settled(headers, await publish(headers, 'plain'), 'delivered');
    const known = [
      'delivery_id',
      'connection_id',
      'connector_type',
      'state',
      'attempts',
      'created_at',
      'updated_at',
    ];
    expect(Object.keys(delivery).filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('404', () => {
  it("is for another tenant's event, just as for one that there is not", async () => {
    const [owner, other] = [await api.newTenant(), await api.newTenant()];
    const eventId = await publish(owner.headers, 'owned');
    const foreign = await read(other.headers, eventId);
    const absent = await read(other.headers, 'evt_00000000000000000000000000');
    const { request_id: _, ...problem } = foreign.json;
    expect(foreign.status).toBe(404);
    expect(absent.json).toMatchObject({ ...problem, code: 'event.not_found' });
    expect((await read(owner.headers, eventId)).status).toBe(200);
  });

  it('is for an id that is none', async () => {
    const { headers } = await api.newTenant();
    const eventId = await publish(headers, 'there');
    const malformed = [
      eventId.toUpperCase(),
      eventId.slice(0, -1),
      `${eventId}0`,
      bare(eventId),
      `${eventId}%20`,
      `${eventId}%00`,
      `${eventId}%2F`,
      `%2e%2e%2f${eventId}`,
      '%ff',
      'x'.repeat(5000),
    ];
    for (const id of malformed) {
      const { status, json } = await read(headers, id);
      expect([id, status, json.code]).toEqual([id, 404, 'event.not_found']);
    }
  });
});
