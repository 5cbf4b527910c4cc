import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, failureOf, REGION, START_MS, startedSqs, takeNow } from './sqs-fixture.ts';

const api = async () => {
  const sqs = await startedSqs();
  const { client, server } = sqs;
  return {
    ...sqs,
    create: (QueueName: string, Attributes?: Record<string, string>) =>
      client.send(new CreateQueueCommand({ QueueName, Attributes })),
    set: (name: string, Attributes: Record<string, string>) =>
      client.send(new SetQueueAttributesCommand({ QueueUrl: server.url(name), Attributes })),
    attributes: async (name: string, AttributeNames: 'All'[] = ['All']) =>
      (await client.send(new GetQueueAttributesCommand({ QueueUrl: server.url(name), AttributeNames })))
        .Attributes,
  };
};

describe('queues', () => {
  it('creates a queue once; creating it again differs only by error when an attribute differs', async () => {
    const { create, server } = await api();
    const first = await create('lane', { VisibilityTimeout: '5' });
    expect(first.QueueUrl).toBe(server.url('lane'));
    expect((await create('lane', { VisibilityTimeout: '5' })).QueueUrl).toBe(first.QueueUrl);
    expect(await failureOf(create('lane', { VisibilityTimeout: '6' }))).toBe('QueueNameExists');
  });

  it('reports defaults, counts and times', async () => {
    const { server, attributes } = await api();
    const queue = server.ensureQueue('lane', {});
    await queue.send({ body: 'a' });
    await queue.send({ body: 'b', delaySeconds: 5 });
    await takeNow(queue);
    await queue.send({ body: 'c' });
    expect(await attributes('lane')).toEqual({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      CreatedTimestamp: String(START_MS / 1000),
      DelaySeconds: '0',
      LastModifiedTimestamp: String(START_MS / 1000),
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:lane`,
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
    });
    expect(await attributes('lane', [])).toBeUndefined();
  });

  it.each([
    ['VisibilityTimeout', '43201', 'InvalidAttributeValue'],
    ['MaximumMessageSize', '1048577', 'InvalidAttributeValue'],
    ['MessageRetentionPeriod', '59', 'InvalidAttributeValue'],
    ['DelaySeconds', 'ten', 'InvalidAttributeValue'],
    ['RedrivePolicy', '{"deadLetterTargetArn":"arn:x","maxReceiveCount":0}', 'InvalidAttributeValue'],
    ['RedrivePolicy', 'not json', 'InvalidAttributeValue'],
    ['FifoQueue', 'true', 'InvalidAttributeName'],
  ])('refuses %s = %s', async (name, value, error) => {
    const { create, server } = await api();
    expect(await failureOf(create('lane', { [name]: value }))).toBe(error);
    expect(server.queue('lane')).toBeUndefined();
  });

  it('accepts as dead-letter queue only one that exists and allows it', async () => {
    const { create, set, server } = await api();
    const policy = (target: string) => ({
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: server.arn(target), maxReceiveCount: 3 }),
    });
    const allow = (redrivePermission: string, sourceQueueArns?: string[]) => ({
      RedriveAllowPolicy: JSON.stringify({ redrivePermission, sourceQueueArns }),
    });
    expect(await failureOf(create('lane', policy('dlq')))).toBe('InvalidParameterValue');
    await create('dlq', allow('denyAll'));
    expect(await failureOf(create('lane', policy('dlq')))).toBe('InvalidParameterValue');
    await set('dlq', allow('byQueue', [server.arn('lane')]));
    expect(await failureOf(create('other', policy('dlq')))).toBe('InvalidParameterValue');
    await create('lane', policy('dlq'));
    await set('lane', { RedrivePolicy: '' });
    expect(server.queue('lane')?.attributes.has('RedrivePolicy')).toBe(false);
  });

  it('changes only the attributes set over the API, and all of them through ensureQueue', async () => {
    const { set, server } = await api();
    const queue = server.ensureQueue('lane', { VisibilityTimeout: '5', DelaySeconds: '7' });
    await set('lane', { DelaySeconds: '8' });
    expect([queue.attributes.get('VisibilityTimeout'), queue.attributes.get('DelaySeconds')]).toEqual([
      '5',
      '8',
    ]);
    await queue.send({ body: 'kept' });
    server.ensureQueue('lane', { VisibilityTimeout: '6' });
    expect([queue.attributes.get('VisibilityTimeout'), queue.attributes.get('DelaySeconds')]).toEqual([
      '6',
      '0',
    ]);
    expect(queue.depth().delayed).toBe(1);
  });

  it('finds a queue by name, by ARN, and by a URL of an earlier port', async () => {
    const { server, client } = await api();
    server.ensureQueue('lane', {});
    expect(server.queue('lane')?.arn).toBe(server.arn('lane'));
    expect(server.queue(server.arn('lane'))?.name).toBe('lane');
    expect(server.queue(server.arn('lane').replace(ACCOUNT, '999999999999'))).toBeUndefined();
    const QueueUrl = `http://127.0.0.1:1/${ACCOUNT}/lane`;
    await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'lane' }))).QueueUrl).toBe(
      server.url('lane'),
    );
  });

  it('lists queues by prefix, page by page', async () => {
    const { server, client } = await api();
    for (const name of ['b-2', 'a', 'b-1', 'b-3']) server.ensureQueue(name, {});
    const list = (NextToken?: string) =>
      client.send(new ListQueuesCommand({ QueueNamePrefix: 'b-', MaxResults: 2, NextToken }));
    const first = await list();
    expect(first.QueueUrls).toEqual([server.url('b-1'), server.url('b-2')]);
    const second = await list(first.NextToken);
    expect([second.QueueUrls, second.NextToken]).toEqual([[server.url('b-3')], undefined]);
  });

  it('purges every message, and refuses to do so twice within a minute', async () => {
    const { server, client, clock } = await api();
    const queue = server.ensureQueue('lane', {});
    for (const delaySeconds of [0, 0, 5]) await queue.send({ body: 'x', delaySeconds });
    await queue.receive({ max: 1, waitMs: 0 });
    const purge = () => client.send(new PurgeQueueCommand({ QueueUrl: server.url('lane') }));
    await purge();
    expect(queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    expect(await failureOf(purge())).toBe('PurgeQueueInProgress');
    await clock.advance(60_000);
    await purge();
  });

  it('deletes a queue with its messages and sends its receivers away', async () => {
    const { server, client, attributes } = await api();
    const poll = server.ensureQueue('lane', {}).receive({ max: 1, waitMs: 20_000 });
    await client.send(new DeleteQueueCommand({ QueueUrl: server.url('lane') }));
    expect(await poll).toEqual([]);
    const failure = await attributes('lane').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(QueueDoesNotExist);
  });

  it('keeps tags', async () => {
    const { server, client } = await api();
    const QueueUrl = server.url('lane');
    await client.send(new CreateQueueCommand({ QueueName: 'lane', tags: { a: '1' } }));
    await client.send(new TagQueueCommand({ QueueUrl, Tags: { b: '2', c: '3' } }));
    await client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a', 'c'] }));
    expect((await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ b: '2' });
  });
});
