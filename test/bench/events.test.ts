import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signalOf } from '../../bench/events.ts';
import { postsOf } from '../../bench/load.ts';
import { EventInput } from '../../contracts/events.ts';

describe('the events of the bench', () => {
  it('fit their contract and have, for any index, exactly the size that was asked for', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 900, max: 4000 }), (index, bytes) => {
        const event = signalOf('run', index, bytes);
        expect(Buffer.byteLength(JSON.stringify(event))).toBe(bytes);
        expect(EventInput.safeParse(event).error).toBeUndefined();
      }),
    );
  });

  it('are all different facts', () => {
    const events = Array.from({ length: 500 }, (_, index) => signalOf('run', index));
    expect(new Set(events.map(({ idempotency_key }) => idempotency_key)).size).toBe(500);
    expect(new Set(events.map(({ data }) => data['signal_id'])).size).toBe(500);
  });
});

describe('the POSTs of the bench', () => {
  it('hold every event once, none more than a batch, with tenants in turns', () => {
    const counts = fc.record({
      events: fc.integer({ min: 3, max: 60 }),
      batch: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 3 }), (options, tenants) => {
        const posts = postsOf(options, ['a', 'b', 'c'].slice(0, tenants), 'run');
        const keys = posts.flatMap(({ events }) => events.map(({ idempotency_key }) => idempotency_key));
        expect(keys).toHaveLength(options.events);
        expect(new Set(keys).size).toBe(options.events);
        expect(Math.max(...posts.map(({ events }) => events.length))).toBeLessThanOrEqual(options.batch);
        const firsts = posts.slice(0, tenants).map(({ tenantId }) => tenantId);
        expect(firsts).toEqual(['a', 'b', 'c'].slice(0, tenants));
      }),
      { numRuns: 30 },
    );
  });
});
