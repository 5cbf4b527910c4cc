import { describe, expect, it } from 'vitest';
import type { Fault } from '#local/faults/fault.ts';
import { faultyQueue } from '#local/faults/queue-faults.ts';
import { startedSqs } from '../sqs/sqs-fixture.ts';

/** A real queue behind faults, which strike the operation that is named. */
const faulty = async (operation: string, fault: Fault) => {
  const { server, clock } = await startedSqs();
  const queue = server.ensureQueue('lane', { VisibilityTimeout: '60' });
  let left = 1;
  const port = faultyQueue(
    {
      arn: queue.arn,
      visibilityTimeoutSeconds: 60,
      receive: async (options) => (await queue.receive(options)).map(queue.view),
      removeBatch: queue.removeBatch,
      showAgain: (receiptHandle) => queue.changeVisibility(receiptHandle, 0),
    },
    { at: (call) => (call.operation === operation && left-- > 0 ? fault : undefined) },
    { functionName: 'deliver', resource: 'lane' },
  );
  await queue.send({ body: 'pointer' });
  const receive = () => port.receive({ max: 10, waitMs: 0 });
  return { queue, port, clock, receive };
};

describe('a message that is duplicated', () => {
  it('is with two receivers at the same time, under one id', async () => {
    const { receive } = await faulty('ReceiveMessage', { kind: 'duplicate' });
    const [first] = await receive();
    const [second] = await receive();
    expect(second?.MessageId).toBe(first?.MessageId);
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    expect(await receive()).toEqual([]);
  });
});

describe('a deletion that is lost', () => {
  it('brings the message back when its visibility ends, and the next deletion holds', async () => {
    const { port, receive, clock, queue } = await faulty('DeleteMessage', { kind: 'lose_answer' });
    for (const deletions of [1, 2]) {
      const messages = await receive();
      expect(messages, `before deletion ${deletions}`).toHaveLength(1);
      await port.removeBatch(messages.map(({ ReceiptHandle }) => ReceiptHandle));
      await clock.advance(61_000);
    }
    expect(queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});

describe('a fault that no queue has', () => {
  it('is a mistake that is told', async () => {
    const { receive } = await faulty('ReceiveMessage', { kind: 'throttle' });
    await expect(receive()).rejects.toThrow('"throttle" cannot strike ReceiveMessage of sqs');
  });
});
