import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { failureOf, startedSqs } from '../sqs/sqs-fixture.ts';

const MIB = 1_048_576;
const TWELVE_HOURS_S = 43_200;

const started = async () => {
  const { client, server, clock } = await startedSqs();
  const queue = server.ensureQueue('lane', {});
  const QueueUrl = server.url('lane');
  return {
    queue,
    clock,
    send: (input: Partial<SendMessageCommandInput>) =>
      client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', ...input })),
    sendBatch: (Entries: SendMessageBatchRequestEntry[]) =>
      client.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
    receive: (VisibilityTimeout: number) =>
      client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout })),
    changeVisibility: (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout })),
    create: (Attributes: Record<string, string>) =>
      client.send(new CreateQueueCommand({ QueueName: `of-${Object.keys(Attributes)[0]}`, Attributes })),
  };
};

const attributes = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'v' }]),
  );

describe('a message', () => {
  it('may have ten attributes, and the eleventh is counted in the refusal', async () => {
    const { send } = await started();
    await send({ MessageAttributes: attributes(10) });
    await expect(send({ MessageAttributes: attributes(11) })).rejects.toThrow(
      'Number of message attributes [11] exceeds the allowed maximum [10].',
    );
  });

  it('may be delayed by 900 seconds, and is visible then and not before', async () => {
    const { send, queue, clock } = await started();
    await send({ DelaySeconds: 900 });
    await clock.advance(899_999);
    expect(queue.depth()).toMatchObject({ visible: 0, delayed: 1 });
    await clock.advance(1);
    expect(queue.depth()).toMatchObject({ visible: 1, delayed: 0 });
    await expect(send({ DelaySeconds: 901 })).rejects.toThrow('DelaySeconds must be >= 0 and <= 900.');
  });
});

describe('a batch', () => {
  it('may have exactly 1 MiB over all its entries, attributes counted, and not one byte more', async () => {
    const { sendBatch, queue } = await started();
    const bytesOfAttribute = 'a0'.length + 'String'.length + 'v'.length;
    const batch = (bytes: number) => [
      { Id: 'one', MessageBody: 'x'.repeat(MIB / 2), MessageAttributes: attributes(1) },
      { Id: 'two', MessageBody: 'x'.repeat(bytes - MIB / 2 - bytesOfAttribute) },
    ];
    expect((await sendBatch(batch(MIB))).Failed).toEqual([]);
    expect(await failureOf(sendBatch(batch(MIB + 1)))).toBe('BatchRequestTooLong');
    expect(queue.depth().visible).toBe(2);
  });

  it('may have ten entries, and the eleventh is counted in the refusal', async () => {
    const { sendBatch } = await started();
    const batch = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ Id: `i${index}`, MessageBody: 'b' }));
    expect((await sendBatch(batch(10))).Successful).toHaveLength(10);
    await expect(sendBatch(batch(11))).rejects.toThrow(
      'Maximum number of entries per request are 10. You have sent 11.',
    );
  });
});

describe('a visibility timeout', () => {
  it('may be anything from nothing to twelve hours', async () => {
    const { send, receive, changeVisibility } = await started();
    await send({});
    expect((await receive(0)).Messages).toHaveLength(1);
    const [message] = (await receive(TWELVE_HOURS_S)).Messages ?? [];
    await changeVisibility(message?.ReceiptHandle, TWELVE_HOURS_S);
    for (const seconds of [-1, TWELVE_HOURS_S + 1]) {
      expect(await failureOf(receive(seconds))).toBe('InvalidParameterValue');
      expect(await failureOf(changeVisibility(message?.ReceiptHandle, seconds))).toBe(
        'InvalidParameterValue',
      );
    }
    await changeVisibility(message?.ReceiptHandle, 0);
    expect((await receive(30)).Messages).toHaveLength(1);
  });
});

describe('a queue', () => {
  it.each([
    ['DelaySeconds', 0, 900],
    ['MaximumMessageSize', 1024, MIB],
    ['MessageRetentionPeriod', 60, 1_209_600],
    ['ReceiveMessageWaitTimeSeconds', 0, 20],
    ['VisibilityTimeout', 0, TWELVE_HOURS_S],
  ])('may have a %s from %i to %i', async (name, min, max) => {
    for (const value of [min, max]) {
      const { create } = await started();
      expect((await create({ [name]: String(value) })).QueueUrl).toContain(name);
    }
    const { create } = await started();
    for (const value of [min - 1, max + 1])
      expect(await failureOf(create({ [name]: String(value) }))).toBe('InvalidAttributeValue');
  });
});
