import { describe, expect, it } from 'vitest';
import { makeCache } from '#functions/platform/cache.ts';
import { manualClock } from '#local/manual-clock.ts';

const setUp = (entriesMax = 10) => {
  const clock = manualClock(0);
  const cached = makeCache<number>({ ttlMs: 1000, entriesMax, now: clock.now });
  let loads = 0;
  const load = async () => ++loads;
  return { clock, cached, load, loads: () => loads };
};

describe('the cache', () => {
  it('loads a key once for all who ask while it is being loaded', async () => {
    const { cached, load } = setUp();
    expect(await Promise.all([cached('a', load), cached('a', load), cached('a', load)])).toEqual([1, 1, 1]);
  });

  it('keeps keys apart', async () => {
    const { cached, load } = setUp();
    expect([await cached('a', load), await cached('b', load)]).toEqual([1, 2]);
  });

  it('remembers up to the end of its time and not beyond', async () => {
    const { clock, cached, load } = setUp();
    await cached('a', load);
    await clock.advance(999);
    expect(await cached('a', load)).toBe(1);
    await clock.advance(1);
    expect(await cached('a', load)).toBe(2);
  });

  it('rejects all who asked when the load fails, and loads anew for the next', async () => {
    const { cached, load } = setUp();
    const fail = () => Promise.reject(new Error('down'));
    const both = await Promise.allSettled([cached('a', fail), cached('a', load)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cached('a', load)).toBe(1);
  });

  it('keeps a fresh value when an older load of the same key fails late', async () => {
    const { clock, cached, load, loads } = setUp();
    const slow = Promise.withResolvers<number>();
    const first = cached('a', () => slow.promise);
    await clock.advance(1000);
    await cached('a', load);
    slow.reject(new Error('late'));
    await expect(first).rejects.toThrow('late');
    await cached('a', load);
    expect(loads()).toBe(1);
  });

  it('holds no more than its bound, and forgets the oldest first', async () => {
    const { cached, load, loads } = setUp(2);
    for (const key of ['a', 'b', 'c']) await cached(key, load);
    await cached('b', load);
    await cached('c', load);
    expect(loads()).toBe(3);
    await cached('a', load);
    expect(loads()).toBe(4);
  });

  it('counts a key that is loaded again as new', async () => {
    const { clock, cached, load, loads } = setUp(2);
    await cached('a', load);
    await cached('b', load);
    await clock.advance(1000);
    await cached('a', load);
    await cached('c', load);
    expect(loads()).toBe(4);
    await cached('a', load);
    expect(loads()).toBe(4);
  });
});
