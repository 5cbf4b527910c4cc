import { describe, expect, it } from 'vitest';
import { startedSqs, takeNow } from './sqs-fixture.ts';

describe('a look into a queue', () => {
  it('shows what is visible, in flight and delayed, and changes and costs nothing', async () => {
    const { server, calls } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    await queue.send({ body: 'in flight' });
    await takeNow(queue);
    await queue.send({ body: 'visible' });
    await queue.send({ body: 'delayed', delaySeconds: 5 });
    const before = { depth: queue.depth(), calls: calls.length };
    expect(
      queue
        .peek()
        .map(({ body }) => body)
        .sort(),
    ).toEqual(['delayed', 'in flight', 'visible']);
    expect({ depth: queue.depth(), calls: calls.length }).toEqual(before);
    const [received] = await takeNow(queue);
    expect(received?.delivery.receiveCount).toBe(1);
  });

  it('does not show what was deleted', async () => {
    const { server } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    await queue.send({ body: 'gone' });
    const [received] = await takeNow(queue);
    await queue.remove(received?.receiptHandle ?? '');
    expect(queue.peek()).toEqual([]);
  });
});
