import { ReceiveMessageCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectWebhook, startTestCloud, type TestCloud } from '../harness/cloud.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { until } from '../harness/until.ts';

describe('quarantine', () => {
  let cloud: TestCloud;
  let receiver: Receiver;
  let sqs: SQSClient;
  beforeAll(async () => {
    [cloud, receiver] = await Promise.all([startTestCloud(), startReceiver()]);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    sqs = new SQSClient({ endpoint: cloud.cloud.engines.sqs.endpoint, region: 'eu-central-1', credentials });
  });
  afterAll(async () => {
    sqs.destroy();
    await cloud.stop();
    await receiver.close();
  });

  const quarantineName = () =>
    [...cloud.cloud.resources.values()].find(({ logicalId }) => logicalId.startsWith('LanewebhookQuarantine'))
      ?.physicalName ?? '';

  const quarantine = async (key: string) => {
    const tenant = await connectWebhook(cloud, receiver.url);
    receiver.answer = () => 400;
    const body = { events: [companyUpdated(key)] };
    const published = await cloud.call('POST', '/events', { headers: tenant.headers, body });
    const path = `/events/${published.json.results[0].event_id}`;
    const state = async () =>
      (await cloud.call('GET', path, { headers: tenant.headers })).json.deliveries[0]?.state;
    await until('it is quarantined', async () => (await state()) === 'quarantined');
    receiver.answer = () => 204;
    return { ...tenant, state };
  };

  it("is revived by SQS's own redrive, and delivered", async () => {
    const { state } = await quarantine('redriven');
    const { engines } = cloud.cloud;
    await until(
      'the pointer is in quarantine',
      () => engines.sqs.queue(quarantineName())?.depth().visible === 1,
    );
    const lane = [...cloud.cloud.resources.values()].find(({ logicalId }) =>
      logicalId.startsWith('LanewebhookQueue'),
    );
    const SourceArn = engines.sqs.arn(quarantineName());
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn: lane?.arn }));
    await until('it is delivered', async () => (await state()) === 'delivered');
  });

  it('holds a pointer for the row, with no payload and nothing of the customer', async () => {
    const { tenantId } = await quarantine('pointed-at');
    const QueueUrl = cloud.cloud.engines.sqs.url(quarantineName());
    const body = await until('the pointer is there', async () => {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }),
      );
      return Messages?.[0]?.Body;
    });
    expect(Object.keys(JSON.parse(body)).sort()).toEqual([
      'connector_type',
      'delivery_id',
      'quarantine_id',
      'tenant_id',
    ]);
    expect(JSON.parse(body).tenant_id).toBe(tenantId);
  });
});
