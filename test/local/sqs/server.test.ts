import { QueueDoesNotExist, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { clientOf, REGION, startedSqs, takeNow } from './sqs-fixture.ts';

const post = async (endpoint: string, action: string, body: string) => {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
    body,
  });
  const reply = (await response.json()) as { __type: string; message: string };
  return { status: response.status, headers: response.headers, body: reply };
};

describe('the wire', () => {
  it('words an error for both protocols, so that clients of either know it', async () => {
    const { server, client } = await startedSqs();
    const reply = await post(server.endpoint, 'GetQueueUrl', '{"QueueName":"nowhere"}');
    expect(reply).toMatchObject({
      status: 400,
      body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' },
    });
    expect(reply.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    expect(reply.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    const QueueUrl = server.url('nowhere');
    const failure = await client
      .send(new ReceiveMessageCommand({ QueueUrl }))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(QueueDoesNotExist);
  });

  it.each([
    ['Unknown', '{}', 'InvalidAction'],
    ['ListQueues', '{', 'SerializationException'],
    ['ListQueues', '[]', 'SerializationException'],
    ['ReceiveMessage', '{}', 'MissingParameter'],
    ['GetQueueUrl', '{"QueueName":7}', 'SerializationException'],
  ])('refuses %s with body %s', async (action, body, code) => {
    const { server } = await startedSqs();
    const reply = await post(server.endpoint, action, body);
    expect([reply.status, reply.body.__type]).toEqual([400, `com.amazonaws.sqs#${code}`]);
  });

  it('listens on the loopback address only', async () => {
    const { server } = await startedSqs();
    expect(new URL(server.endpoint).hostname).toBe('127.0.0.1');
  });
});

describe('requests that SQS would bill', () => {
  const environment = process.env['AWS_ENDPOINT_URL_SQS'];
  afterEach(() => {
    if (environment === undefined) delete process.env['AWS_ENDPOINT_URL_SQS'];
    else process.env['AWS_ENDPOINT_URL_SQS'] = environment;
  });

  it('names the function behind an endpoint that came from the environment, though the client sends to a queue URL', async () => {
    const { server, calls } = await startedSqs();
    server.ensureQueue('lane', {});
    process.env['AWS_ENDPOINT_URL_SQS'] = `${server.endpoint}/as/deliver-fn`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new SQSClient({ region: REGION, credentials });
    await client.send(new SendMessageCommand({ QueueUrl: server.url('lane'), MessageBody: 'hello' }));
    client.destroy();
    expect(calls).toEqual([{ operation: 'SendMessage', queue: 'lane', bytes: 5, caller: 'deliver-fn' }]);
  });

  it('names the function behind an endpoint given in code, and none behind the plain endpoint', async () => {
    const { server, calls, client } = await startedSqs();
    server.ensureQueue('lane', {});
    const named = clientOf(`${server.endpoint}/as/sync_fn/`);
    const QueueUrl = server.url('lane');
    await named.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    await client.send(new ReceiveMessageCommand({ QueueUrl }));
    named.destroy();
    expect(calls.map(({ caller, operation, bytes }) => [caller, operation, bytes])).toEqual([
      ['sync_fn', 'SendMessage', 5],
      ['', 'ReceiveMessage', 5],
    ]);
  });

  it('counts refused requests too', async () => {
    const { server, calls } = await startedSqs();
    await post(server.endpoint, 'SendMessage', JSON.stringify({ QueueUrl: server.url('nowhere') }));
    expect(calls).toEqual([{ operation: 'SendMessage', queue: 'nowhere', bytes: 0, caller: '' }]);
  });

  it('counts in-process calls as the requests they stand for, ten deletes to a batch', async () => {
    const { server, calls } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    for (let i = 0; i < 13; i += 1) await queue.send({ body: 'four' });
    calls.length = 0;
    const batch = [...(await takeNow(queue)), ...(await takeNow(queue))];
    const [first, ...others] = batch.map(({ receiptHandle }) => receiptHandle);
    await queue.remove(first ?? '');
    await queue.removeBatch(others);
    await takeNow(queue);
    expect(calls.map(({ operation, bytes }) => `${operation} ${bytes}`)).toEqual([
      'ReceiveMessage 40',
      'ReceiveMessage 12',
      'DeleteMessage 0',
      'DeleteMessageBatch 0',
      'DeleteMessageBatch 0',
      'ReceiveMessage 0',
    ]);
  });
});

describe('closing', () => {
  it('ends long polls, in-process ones with no message', async () => {
    const { server } = await startedSqs();
    const poll = server.ensureQueue('lane', {}).receive({ max: 1, waitMs: 20_000 });
    await server.close();
    expect(await poll).toEqual([]);
  });
});
