import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
  type StartMessageMoveTaskCommandInput,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { bodies, failureOf, START_MS, startedSqs, takeNow } from './sqs-fixture.ts';

const withDeadLetters = async () => {
  const sqs = await startedSqs();
  const { server, client, clock } = sqs;
  const dlq = server.ensureQueue('dlq', {});
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: 1 });
  const sources = ['lane-a', 'lane-b'].map((name) => server.ensureQueue(name, { RedrivePolicy }));
  return {
    ...sqs,
    dlq,
    sources,
    /** Lets `count` messages of each source fail for good. */
    fill: async (count: number) => {
      for (const queue of sources) {
        for (let i = 0; i < count; i += 1) await queue.send({ body: `${queue.name} ${i}`, groupId: 'g' });
        while ((await takeNow(queue)).length > 0);
      }
      await clock.advance(30_000);
      for (const queue of sources) await takeNow(queue);
    },
    start: (input: Partial<StartMessageMoveTaskCommandInput> = {}) =>
      client.send(new StartMessageMoveTaskCommand({ SourceArn: dlq.arn, ...input })),
    list: async (MaxResults = 10) =>
      (await client.send(new ListMessageMoveTasksCommand({ SourceArn: dlq.arn, MaxResults }))).Results ?? [],
    cancel: (TaskHandle: string | undefined) => client.send(new CancelMessageMoveTaskCommand({ TaskHandle })),
  };
};

describe('a message move task', () => {
  it('moves each message back to the queue it came from, as a new message', async () => {
    const { dlq, sources, fill, start, list, clock } = await withDeadLetters();
    await fill(3);
    const before = clock.now();
    await start();
    await clock.advance(1000);
    expect(dlq.depth().visible).toBe(0);
    for (const queue of sources) {
      const batch = await takeNow(queue);
      expect(bodies(batch)).toEqual([0, 1, 2].map((i) => `${queue.name} ${i}`));
      for (const message of batch) {
        expect(queue.view(message).Attributes).toMatchObject({
          ApproximateReceiveCount: '1',
          MessageGroupId: 'g',
        });
        expect(queue.view(message).Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
        expect(message.content.sentAtMs).toBeGreaterThanOrEqual(before);
      }
    }
    expect(await list()).toEqual([
      {
        Status: 'COMPLETED',
        SourceArn: dlq.arn,
        ApproximateNumberOfMessagesMoved: 6,
        ApproximateNumberOfMessagesToMove: 6,
        StartedTimestamp: START_MS + 30_000,
      },
    ]);
  });

  it('moves everything to a destination, when one is given', async () => {
    const { dlq, sources, server, fill, start, clock } = await withDeadLetters();
    const other = server.ensureQueue('other', {});
    await fill(2);
    await start({ DestinationArn: other.arn });
    await clock.advance(1000);
    expect([dlq, other, ...sources].map((queue) => queue.depth().visible)).toEqual([0, 4, 0, 0]);
  });

  it('fails, losing nothing, at a message that was sent straight to the dead-letter queue', async () => {
    const { dlq, start, list, sources, clock } = await withDeadLetters();
    await dlq.send({ body: 'direct' });
    await start();
    await clock.advance(1000);
    expect(await list()).toMatchObject([
      { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' },
    ]);
    expect(dlq.depth().visible).toBe(1);
    await start({ DestinationArn: sources[0]?.arn });
    await clock.advance(1000);
    expect((await list(1))[0]?.Status).toBe('COMPLETED');
    expect(sources[0]?.depth().visible).toBe(1);
  });

  it('never moves faster than its rate', async () => {
    const { dlq, fill, start, clock } = await withDeadLetters();
    await fill(10);
    await start({ MaxNumberOfMessagesPerSecond: 5 });
    const left: number[] = [];
    for (let second = 0; second < 4; second += 1) {
      await clock.advance(990);
      left.push(dlq.depth().visible);
      await clock.advance(10);
    }
    expect(left).toEqual([15, 10, 5, 0]);
  });

  it('stops when it is cancelled; what it moved stays moved', async () => {
    const { dlq, fill, start, list, cancel, clock } = await withDeadLetters();
    await fill(5);
    const { TaskHandle } = await start({ MaxNumberOfMessagesPerSecond: 1 });
    await clock.advance(1500);
    expect(await list()).toMatchObject([{ Status: 'RUNNING', TaskHandle, MaxNumberOfMessagesPerSecond: 1 }]);
    expect((await cancel(TaskHandle)).ApproximateNumberOfMessagesMoved).toBe(2);
    expect((await list())[0]?.Status).toBe('CANCELLING');
    await clock.advance(5000);
    expect((await list())[0]?.Status).toBe('CANCELLED');
    expect(dlq.depth().visible).toBe(8);
    expect(await failureOf(cancel(TaskHandle))).toBe('UnsupportedOperation');
    expect(await failureOf(cancel('unknown'))).toBe('ResourceNotFoundException');
  });

  it('does not start for a queue that is missing, is no dead-letter queue, or has a task running', async () => {
    const { start, sources, server, fill } = await withDeadLetters();
    const missing = server.arn('missing');
    expect(await failureOf(start({ SourceArn: missing }))).toBe('ResourceNotFoundException');
    expect(await failureOf(start({ SourceArn: sources[0]?.arn }))).toBe('InvalidParameterValue');
    expect(await failureOf(start({ DestinationArn: missing }))).toBe('ResourceNotFoundException');
    expect(await failureOf(start({ MaxNumberOfMessagesPerSecond: 501 }))).toBe('InvalidParameterValue');
    await fill(1);
    await start({ MaxNumberOfMessagesPerSecond: 1 });
    expect(await failureOf(start())).toBe('UnsupportedOperation');
  });

  it('lists the ten latest tasks, newest first, and one when not asked for more', async () => {
    const { start, list, clock, client, dlq } = await withDeadLetters();
    for (let i = 0; i < 12; i += 1) {
      await start();
      await clock.advance(1000);
    }
    const times = (await list()).map(({ StartedTimestamp = 0 }) => (StartedTimestamp - START_MS) / 1000);
    expect(times).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    const one = await client.send(new ListMessageMoveTasksCommand({ SourceArn: dlq.arn }));
    expect(one.Results).toHaveLength(1);
  });
});
