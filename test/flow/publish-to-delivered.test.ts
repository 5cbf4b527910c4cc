import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

  it('reaches the destination signed, so that the official client verifies it', async () => {
    const tenant = await connectWebhook(cloud, receiver.url);
    const body = { events: [companyUpdated('first')] };
    const published = await cloud.call('POST', '/events', { headers: tenant.headers, body });
    const eventId = published.json.results[0].event_id;
    const request = await until('the event arrives', () =>
      receiver.requests.find(({ headers }) => headers['webhook-id'] === eventId),
    );
    const verified = new Webhook(tenant.signingSecret).verify(
      request.body,
      request.headers as Record<string, string>,
    );
    expect(verified).toMatchObject({
      event_id: eventId,
      tenant_id: tenant.tenantId,
      event_type: 'company.updated',
    });
  });
});
