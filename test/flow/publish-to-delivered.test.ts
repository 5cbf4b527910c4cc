import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleEvents } from '../example-events.ts';
import { connectWebhook, startTestCloud, type TestCloud } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';

describe('an event published is an event delivered', () => {
  let cloud: TestCloud;
  let receiver: Receiver;
  beforeAll(async () => {
    [cloud, receiver] = await Promise.all([startTestCloud(), startReceiver()]);
  });
  afterAll(async () => {
    await cloud.stop();
    await receiver.close();
  });

  const publish = async (headers: Record<string, string>, events: unknown[]): Promise<string[]> => {
    const { json } = await cloud.call('POST', '/events', { headers, body: { events } });
    return json.results.map((result: { event_id: string }) => result.event_id);
  };
  const receivedOf = (tenantId: string) =>
    receiver.requests.filter(({ body }) => JSON.parse(body.toString()).tenant_id === tenantId);
  const deliveriesOf = async (headers: Record<string, string>, eventId: string) =>
    (await cloud.call('GET', `/events/${eventId}`, { headers })).json.deliveries;

  it('brings every sample event to the destination once, signed, so that the official client verifies it', async () => {
    const tenant = await connectWebhook(cloud, receiver.url);
    const events = exampleEvents();
    const ids: string[] = [];
    for (let start = 0; start < events.length; start += 100) {
      ids.push(...(await publish(tenant.headers, events.slice(start, start + 100))));
    }
    await until('all sample events arrive', () => receivedOf(tenant.tenantId).length >= events.length);
    const client = new Webhook(tenant.signingSecret);
    const received = receivedOf(tenant.tenantId);
    const verified = received.map(({ body, headers }) =>
      client.verify(body, headers as Record<string, string>),
    );
    expect(new Set(verified.map((envelope) => (envelope as { event_id: string }).event_id))).toEqual(
      new Set(ids),
    );
    expect(received).toHaveLength(events.length);
  });

  it('gives each of two tenants its own events alone', async () => {
    const [one, other] = await Promise.all([
      connectWebhook(cloud, receiver.url),
      connectWebhook(cloud, receiver.url),
    ]);
    await Promise.all([
      publish(one.headers, [companyUpdated('same')]),
      publish(other.headers, [companyUpdated('same')]),
    ]);
    await until('both arrive', () => [one, other].every(({ tenantId }) => receivedOf(tenantId).length === 1));
    const [request] = receivedOf(one.tenantId);
    const verify = (secret: string) => () =>
      new Webhook(secret).verify(request?.body ?? '', request?.headers as Record<string, string>);
    expect(verify(one.signingSecret)).not.toThrow();
    expect(verify(other.signingSecret)).toThrow();
  });

  it('delivers the good one of two events in a batch, and keeps a row with its reason for the bad one', async () => {
    const tenant = await connectWebhook(cloud, receiver.url);
    receiver.answer = ({ body }) => (body.includes('"name":"Refused"') ? 422 : 204);
    const [good = '', bad = ''] = await publish(tenant.headers, [
      companyUpdated('good'),
      companyUpdated('bad', { name: 'Refused' }),
    ]);
    const rows = await until('both have an outcome', async () => {
      const both = await Promise.all([good, bad].map((id) => deliveriesOf(tenant.headers, id)));
      const states = both.map(([row]) => row?.state);
      return states[0] === 'delivered' && states[1] === 'quarantined' && both.map(([row]) => row);
    });
    receiver.answer = () => 204;
    expect(rows[1]).toMatchObject({
      reason: 'http_422',
      attempts: [{ outcome: 'rejected', code: 'http_422' }],
    });
    expect(rows[1].attempts[0].body_sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('tries again as the destination asks, under the same webhook-id and a signature of that moment', async () => {
    const tenant = await connectWebhook(cloud, receiver.url);
    const ours = (body: Buffer) => body.includes(tenant.tenantId);
    let refusals = 0;
    receiver.answer = ({ body }) => {
      if (!ours(body) || refusals > 0) return 204;
      refusals += 1;
      return { status: 503, headers: { 'retry-after': '1' } };
    };
    const [id = ''] = await publish(tenant.headers, [companyUpdated('again')]);
    const row = await until('it is delivered', async () => {
      const [found] = await deliveriesOf(tenant.headers, id);
      return found?.state === 'delivered' && found;
    });
    receiver.answer = () => 204;
    expect(row.attempts).toMatchObject([
      { outcome: 'retry', code: 'http_503' },
      { outcome: 'delivered', body_sha256: row.attempts[0].body_sha256 },
    ]);
    const received = receivedOf(tenant.tenantId);
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
    const client = new Webhook(tenant.signingSecret);
    for (const { body, headers } of received) client.verify(body, headers as Record<string, string>);
  });

  it('keeps a row with its reason for what a connection does not want, and does not send it', async () => {
    const config = { events: { 'company.updated': false }, non_strict_signals: false };
    const tenant = await connectWebhook(cloud, receiver.url, config);
    const signal = {
      ...companyUpdated('informs'),
      event_type: 'signal.published',
      data: {
        signal_id: 'sig_1',
        company_id: 'cmp_1',
        signal_type: 'hiring',
        title: 'Hiring',
        contract_mode: 'informational',
        contract_version: '1',
      },
    };
    const ids = await publish(tenant.headers, [companyUpdated('off'), signal]);
    const reasons = await until('both are skipped', async () => {
      const rows = (await Promise.all(ids.map((id) => deliveriesOf(tenant.headers, id)))).flat();
      return rows.length === 2 && rows.map(({ state, reason }) => `${state}: ${reason}`);
    });
    expect(reasons).toEqual(['skipped: event_type_off', 'skipped: non_strict_signals_off']);
    expect(receivedOf(tenant.tenantId)).toEqual([]);
  });

  it('skips what is published while the connection is disabled or the tenant is gated', async () => {
    const tenant = await connectWebhook(cloud, receiver.url);
    const { headers, tenantId } = tenant;
    const skipped = async (key: string) => {
      const [id = ''] = await publish(headers, [companyUpdated(key)]);
      return until(`${key} is skipped`, async () => (await deliveriesOf(headers, id))[0]?.reason);
    };
    await cloud.call('PATCH', '/connections/webhook', { headers, body: { state: 'disabled' } });
    expect(await skipped('while-disabled')).toBe('connection_disabled');
    await cloud.call('PUT', `/admin/tenants/${tenantId}`, { body: { integrations_enabled: false } });
    expect(await skipped('while-gated')).toBe('gated');
  });

  it('removes personal fields that the connection does not allow', async () => {
    const tenant = await connectWebhook(cloud, receiver.url, { pii_allowlist: [] });
    const data = { person_id: 'per_1', full_name: 'Ada Example', work_email: 'ada@shop.example' };
    await publish(tenant.headers, [{ ...companyUpdated('person'), event_type: 'person.updated', data }]);
    await until('it arrives', () => receivedOf(tenant.tenantId).length === 1);
    const [request] = receivedOf(tenant.tenantId);
    expect(JSON.parse(request?.body.toString() ?? '').data).toEqual({
      person_id: 'per_1',
      full_name: 'Ada Example',
      subject: { type: 'person', id: 'per_1' },
    });
  });
});
