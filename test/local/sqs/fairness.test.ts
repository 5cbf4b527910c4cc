import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newMessage } from '#local/sqs/message.ts';
import { Placement } from '#local/sqs/placement.ts';
import { bodies, startedSqs, takeNow } from './sqs-fixture.ts';

describe('a fair queue', () => {
  it('serves a quiet tenant before the backlog of a noisy one', async () => {
    const { server } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    for (let i = 0; i < 30; i += 1) await queue.send({ body: `noisy ${i}`, groupId: 'noisy' });
    await takeNow(queue);
    await queue.send({ body: 'quiet', groupId: 'quiet' });
    const [first] = await takeNow(queue);
    expect(first?.content.body).toBe('quiet');
  });

  it('shares one receive evenly among tenants that all wait', async () => {
    const { server } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    for (const groupId of ['a', 'b'])
      for (let i = 0; i < 10; i += 1) await queue.send({ body: groupId, groupId });
    expect(
      bodies(await takeNow(queue))
        .sort()
        .join(''),
    ).toBe('aaaaabbbbb');
  });

  it('does not hold messages without a group back for one another', async () => {
    const { server } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    for (let i = 0; i < 12; i += 1) await queue.send({ body: 'alone' });
    await takeNow(queue);
    await queue.send({ body: 'grouped', groupId: 'g' });
    expect(bodies(await takeNow(queue))).toEqual(['alone', 'alone', 'grouped']);
  });

  it('forgets what a tenant had in flight once it is deleted', async () => {
    const { server } = await startedSqs();
    const queue = server.ensureQueue('lane', {});
    for (let i = 0; i < 11; i += 1) await queue.send({ body: 'old', groupId: 'busy' });
    const batch = await takeNow(queue);
    await queue.send({ body: 'new', groupId: 'idle' });
    await queue.removeBatch(batch.map(({ receiptHandle }) => receiptHandle));
    expect(bodies(await takeNow(queue))).toEqual(['old', 'new']);
  });

  it('always serves a waiting group with the fewest in flight, whatever happened before', () => {
    const groups = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ send: groups }),
      fc.constant('take' as const),
      fc.record({ finish: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const placement = new Placement();
        const flying: ReturnType<typeof newMessage>[] = [];
        const waiting = new Map<string, number>();
        const inFlight = (group: string) => flying.filter(({ content }) => content.groupId === group).length;
        for (const action of steps) {
          if (action === 'take') {
            const message = placement.next();
            if (!message) continue;
            const group = message.content.groupId ?? '';
            const candidates = [...waiting].filter(([, count]) => count > 0).map(([name]) => inFlight(name));
            expect(inFlight(group)).toBe(Math.min(...candidates));
            waiting.set(group, (waiting.get(group) ?? 0) - 1);
            placement.lift(message);
            message.delivery.receipt = 'receipt';
            placement.hide(message);
            flying.push(message);
          } else if ('send' in action) {
            placement.show(newMessage({ body: 'x', groupId: action.send }, 0, 0));
            waiting.set(action.send, (waiting.get(action.send) ?? 0) + 1);
          } else {
            const [message] = flying.splice(action.finish % Math.max(flying.length, 1), 1);
            if (message) placement.lift(message);
          }
          expect(placement.depth().inFlight).toBe(flying.length);
        }
      }),
    );
  });
});
