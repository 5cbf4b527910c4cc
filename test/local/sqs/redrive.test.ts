import { ListDeadLetterSourceQueuesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { bodies, failureOf, START_MS, startedSqs, takeNow } from './sqs-fixture.ts';

const DAY_MS = 86_400_000;

const withDeadLetters = async (
  maxReceiveCount: number,
  deadLetterAttributes: Record<string, string> = {},
) => {
  const sqs = await startedSqs();
  const deadLetters = sqs.server.ensureQueue('lane-dlq', deadLetterAttributes);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount });
  return {
    ...sqs,
    deadLetters,
    queue: sqs.server.ensureQueue('lane', { RedrivePolicy, VisibilityTimeout: '1' }),
  };
};

describe('redrive to the dead-letter queue', () => {
  it('moves a message at the receive after the last one allowed, with its identity and history', async () => {
    const { queue, deadLetters, clock } = await withDeadLetters(2);
    const { messageId } = await queue.send({ body: 'poison', groupId: 'g' });
    for (let receive = 0; receive < 2; receive += 1) {
      expect(bodies(await takeNow(queue))).toEqual(['poison']);
      await clock.advance(1000);
      expect(deadLetters.depth().visible).toBe(0);
    }
    expect(await takeNow(queue)).toEqual([]);
    expect(queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    const [dead] = await takeNow(deadLetters);
    expect(dead && deadLetters.view(dead)).toMatchObject({
      MessageId: messageId,
      Attributes: {
        SentTimestamp: String(START_MS),
        ApproximateFirstReceiveTimestamp: String(START_MS),
        ApproximateReceiveCount: '3',
        MessageGroupId: 'g',
        DeadLetterQueueSourceArn: queue.arn,
      },
    });
  });

  it('serves the next message in the receive that moves a poisoned one', async () => {
    const { queue, clock } = await withDeadLetters(1);
    await queue.send({ body: 'poison' });
    await takeNow(queue);
    await clock.advance(1000);
    await queue.send({ body: 'healthy' });
    expect(bodies(await takeNow(queue))).toEqual(['healthy']);
  });

  it('wakes a receiver that waits at the dead-letter queue', async () => {
    const { queue, deadLetters, clock } = await withDeadLetters(1);
    await queue.send({ body: 'poison' });
    await takeNow(queue);
    const poll = deadLetters.receive({ max: 1, waitMs: 20_000 });
    await clock.advance(1000);
    await takeNow(queue);
    expect(bodies(await poll)).toEqual(['poison']);
  });

  it('takes a handle from before the move neither for an error nor for the dead letter', async () => {
    const { queue, deadLetters, clock } = await withDeadLetters(1);
    await queue.send({ body: 'poison' });
    const [message] = await takeNow(queue);
    await clock.advance(1000);
    await takeNow(queue);
    await queue.remove(message?.receiptHandle ?? '');
    expect(deadLetters.depth().visible).toBe(1);
  });

  it('goes on delivering while the dead-letter queue does not exist, or is the queue itself', async () => {
    const { server, clock } = await startedSqs();
    for (const target of ['missing', 'self']) {
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: server.arn(target), maxReceiveCount: '1' });
      const queue = server.ensureQueue('self', { RedrivePolicy });
      await queue.send({ body: target });
      await takeNow(queue);
      await clock.advance(30_000);
      expect(bodies(await takeNow(queue))).toContain(target);
    }
  });

  it('lists the queues that use a dead-letter queue', async () => {
    const { client, server, deadLetters } = await withDeadLetters(3);
    const list = (name: string) =>
      client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: server.url(name) }));
    expect((await list(deadLetters.name)).queueUrls).toEqual([server.url('lane')]);
    expect((await list('lane')).queueUrls).toEqual([]);
    expect(await failureOf(list('nowhere'))).toBe('QueueDoesNotExist');
  });
});

describe('retention', () => {
  it('drops a message once it is older than the retention period', async () => {
    const { server, clock } = await startedSqs();
    const queue = server.ensureQueue('lane', { MessageRetentionPeriod: '60' });
    await queue.send({ body: 'old' });
    await clock.advance(1);
    await queue.send({ body: 'young' });
    await clock.advance(60_000);
    expect(bodies(await takeNow(queue))).toEqual(['young']);
  });

  it('counts in a dead-letter queue from the first send, not from the move', async () => {
    const { queue, deadLetters, clock } = await withDeadLetters(1, {
      MessageRetentionPeriod: String(4 * 86_400),
    });
    await queue.send({ body: 'poison' });
    await takeNow(queue);
    await clock.advance(2 * DAY_MS);
    await takeNow(queue);
    expect(deadLetters.depth().visible).toBe(1);
    await clock.advance(2 * DAY_MS + 1);
    expect(await takeNow(deadLetters)).toEqual([]);
    expect(deadLetters.depth().visible).toBe(0);
  });
});
