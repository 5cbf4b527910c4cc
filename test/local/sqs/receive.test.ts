import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { bodies, failureOf, START_MS, startedSqs, takeNow, until } from './sqs-fixture.ts';

const lane = async (attributes: Record<string, string> = {}) => {
  const sqs = await startedSqs();
  const QueueUrl = sqs.server.url('lane');
  return {
    ...sqs,
    QueueUrl,
    queue: sqs.server.ensureQueue('lane', attributes),
    receive: (input: Partial<ReceiveMessageCommandInput> = {}, abortSignal?: AbortSignal) =>
      sqs.client.send(new ReceiveMessageCommand({ QueueUrl, ...input }), abortSignal ? { abortSignal } : {}),
  };
};

describe('a long poll', () => {
  it('ends with nothing when its time is over, and not before', async () => {
    const { receive, queue, clock } = await lane();
    let ended = false;
    const poll = receive({ WaitTimeSeconds: 20 }).finally(() => {
      ended = true;
    });
    await until(() => queue.waitingReceivers === 1);
    await clock.advance(19_999);
    expect([ended, queue.waitingReceivers]).toEqual([false, 1]);
    await clock.advance(1);
    expect((await poll).Messages).toBeUndefined();
  });

  it('waits as long as the queue says when the request does not', async () => {
    const { receive, queue, clock } = await lane({ ReceiveMessageWaitTimeSeconds: '5' });
    const poll = receive();
    await until(() => queue.waitingReceivers === 1);
    await clock.advance(5000);
    expect((await poll).Messages).toBeUndefined();
  });

  it('ends with a message as soon as one is sent', async () => {
    const { receive, queue } = await lane();
    const poll = receive({ WaitTimeSeconds: 20 });
    await until(() => queue.waitingReceivers === 1);
    await queue.send({ body: 'now' });
    expect((await poll).Messages?.[0]?.Body).toBe('now');
  });

  it('gives a batch to one receiver and leaves the others waiting', async () => {
    const { queue, client, QueueUrl } = await lane();
    const polls = Array.from({ length: 10 }, () => queue.receive({ max: 10, waitMs: 20_000 }));
    const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: `i${i}`, MessageBody: `m${i}` }));
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(await polls[0]).toHaveLength(10);
    expect(queue.waitingReceivers).toBe(9);
  });

  it('never swallows a message once its client is gone', async () => {
    const { receive, queue } = await lane();
    const controller = new AbortController();
    const poll = failureOf(receive({ WaitTimeSeconds: 20 }, controller.signal));
    await until(() => queue.waitingReceivers === 1);
    controller.abort();
    expect(await poll).toBe('AbortError');
    await until(() => queue.waitingReceivers === 0);
    await queue.send({ body: 'kept' });
    expect(bodies(await takeNow(queue))).toEqual(['kept']);
  });

  it('gives back, uncounted, what it took for a receiver that aborts before it gets it', async () => {
    const { queue } = await lane();
    await queue.send({ body: 'kept' });
    const controller = new AbortController();
    const poll = queue.receive({ max: 1, waitMs: 0, signal: controller.signal });
    expect(queue.depth().inFlight).toBe(1);
    controller.abort();
    expect(await poll).toEqual([]);
    const [message] = await takeNow(queue);
    expect(message?.delivery.receiveCount).toBe(1);
  });

  it('takes nothing for a receiver that has aborted already', async () => {
    const { queue } = await lane();
    await queue.send({ body: 'kept' });
    expect(await queue.receive({ max: 1, waitMs: 1000, signal: AbortSignal.abort() })).toEqual([]);
    expect(queue.depth()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  });

  it('wakes when a delayed message becomes visible', async () => {
    const { queue, clock } = await lane();
    await queue.send({ body: 'later', delaySeconds: 3 });
    const poll = queue.receive({ max: 1, waitMs: 20_000 }).then((batch) => [bodies(batch), clock.now()]);
    await clock.advance(20_000);
    expect(await poll).toEqual([['later'], START_MS + 3000]);
  });
});

describe('delay and visibility', () => {
  it('hides a message for its own delay, else for that of the queue', async () => {
    const { queue, clock } = await lane({ DelaySeconds: '10' });
    await queue.send({ body: 'queue delay' });
    await queue.send({ body: 'own delay', delaySeconds: 900 });
    await queue.send({ body: 'no delay', delaySeconds: 0 });
    expect(queue.depth()).toEqual({ visible: 1, inFlight: 0, delayed: 2 });
    expect(bodies(await takeNow(queue))).toEqual(['no delay']);
    await clock.advance(9999);
    expect(await takeNow(queue)).toEqual([]);
    await clock.advance(1);
    expect(bodies(await takeNow(queue))).toEqual(['queue delay']);
  });

  it('shows a received message again after the visibility timeout, one receive more', async () => {
    const { queue, clock } = await lane({ VisibilityTimeout: '60' });
    await queue.send({ body: 'x' });
    await takeNow(queue);
    await clock.advance(59_999);
    expect(await takeNow(queue)).toEqual([]);
    await clock.advance(1);
    const [again] = await takeNow(queue);
    expect(again && queue.view(again).Attributes).toEqual({
      SenderId: expect.any(String),
      SentTimestamp: String(START_MS),
      ApproximateReceiveCount: '2',
      ApproximateFirstReceiveTimestamp: String(START_MS),
    });
  });

  it('never gives a message twice in one receive, even with a visibility timeout of zero', async () => {
    const { queue } = await lane();
    await queue.send({ body: 'x' });
    const batch = await queue.receive({ max: 10, waitMs: 0, visibilityTimeoutSeconds: 0 });
    expect(bodies(batch)).toEqual(['x']);
    expect(bodies(await takeNow(queue))).toEqual(['x']);
  });

  it('changes the timeout of an in-flight message: longer, shorter, and zero at once', async () => {
    const { queue, client, QueueUrl, clock } = await lane();
    await queue.send({ body: 'x' });
    const [message] = await takeNow(queue);
    const change = (VisibilityTimeout: number) =>
      client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl,
          ReceiptHandle: message?.receiptHandle,
          VisibilityTimeout,
        }),
      );
    await change(300);
    await clock.advance(299_999);
    expect(queue.depth().inFlight).toBe(1);
    const poll = queue.receive({ max: 1, waitMs: 1000 });
    await change(0);
    expect(bodies(await poll)).toEqual(['x']);
    expect(await failureOf(change(5))).toBe('MessageNotInflight');
  });

  it('refuses to hide a message for more than twelve hours since its receive', async () => {
    const { queue, clock } = await lane();
    await queue.send({ body: 'x' });
    const [message] = await queue.receive({ max: 1, waitMs: 0, visibilityTimeoutSeconds: 43_200 });
    const handle = message?.receiptHandle ?? '';
    await clock.advance(1000);
    expect(await failureOf(queue.changeVisibility(handle, 43_200))).toBe('InvalidParameterValue');
    expect(await failureOf(queue.changeVisibility(handle, 43_201))).toBe('InvalidParameterValue');
    await queue.changeVisibility(handle, 43_199);
  });

  it('answers a batch of visibility changes entry by entry', async () => {
    const { queue, client, QueueUrl } = await lane();
    await queue.send({ body: 'x' });
    const [message] = await takeNow(queue);
    const reply = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', ReceiptHandle: message?.receiptHandle, VisibilityTimeout: 0 },
          { Id: 'bad', ReceiptHandle: 'garbage', VisibilityTimeout: 0 },
        ],
      }),
    );
    expect([reply.Successful?.[0]?.Id, reply.Failed?.[0]?.Code]).toEqual(['good', 'ReceiptHandleIsInvalid']);
    expect(queue.depth().visible).toBe(1);
  });

  it('finds what is visible among 20 000 delayed messages without looking at them', async () => {
    const { queue, clock } = await lane();
    for (let i = 0; i < 20_000; i += 1) void queue.send({ body: 'later', delaySeconds: 900 - (i % 800) });
    await queue.send({ body: 'now' });
    for (let i = 0; i < 200; i += 1) {
      const batch = await takeNow(queue);
      expect(bodies(batch)).toEqual(['now']);
      await queue.changeVisibility(batch[0]?.receiptHandle ?? '', 0);
    }
    await clock.advance(900_000);
    expect(queue.depth()).toEqual({ visible: 20_001, inFlight: 0, delayed: 0 });
  });
});

describe('deleting', () => {
  it('deletes by any handle of the message, and again without error', async () => {
    const { queue, clock, client, QueueUrl } = await lane();
    await queue.send({ body: 'x' });
    const [first] = await takeNow(queue);
    await clock.advance(30_000);
    await takeNow(queue);
    const remove = () =>
      client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.receiptHandle }));
    await remove();
    expect(queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    await remove();
  });

  it('refuses a handle it never gave out, also one of another queue', async () => {
    const { queue, server } = await lane();
    const other = server.ensureQueue('other', {});
    await other.send({ body: 'x' });
    const [message] = await takeNow(other);
    expect(await failureOf(queue.remove('garbage'))).toBe('ReceiptHandleIsInvalid');
    expect(await failureOf(queue.remove(message?.receiptHandle ?? ''))).toBe('ReceiptHandleIsInvalid');
  });

  it('answers a batch of deletes entry by entry', async () => {
    const { queue, client, QueueUrl } = await lane();
    await queue.send({ body: 'x' });
    const [message] = await takeNow(queue);
    const reply = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', ReceiptHandle: message?.receiptHandle },
          { Id: 'bad', ReceiptHandle: 'garbage' },
        ],
      }),
    );
    expect([reply.Successful?.[0]?.Id, reply.Failed?.[0]?.Code]).toEqual(['good', 'ReceiptHandleIsInvalid']);
    expect(queue.depth().inFlight).toBe(0);
  });
});

describe('ReceiveMessage', () => {
  it.each([
    { MaxNumberOfMessages: 11 },
    { MaxNumberOfMessages: 0 },
    { WaitTimeSeconds: 21 },
    { VisibilityTimeout: 43_201 },
  ])('refuses %j', async (input) => {
    const { receive } = await lane();
    expect(await failureOf(receive(input))).toBe('InvalidParameterValue');
  });

  it('answers OverLimit to a short poll, and nothing to a long one, with 120 000 messages in flight', async () => {
    const { queue, clock } = await lane();
    for (let i = 0; i < 120_001; i += 1) void queue.send({ body: 'x' });
    for (let i = 0; i < 12_000; i += 1) await takeNow(queue);
    expect(await failureOf(takeNow(queue))).toBe('OverLimit');
    const poll = queue.receive({ max: 1, waitMs: 1000 });
    await clock.advance(1000);
    expect(await poll).toEqual([]);
  });
});
