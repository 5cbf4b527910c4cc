import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapConcurrently } from '#functions/platform/concurrency.ts';

/** A task that ends after as many turns as its item says, and the most that ran at once. */
const measured = () => {
  let running = 0;
  let most = 0;
  const task = async (turns: number, index: number) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    running -= 1;
    return `${index}:${turns}`;
  };
  return { task, most: () => most };
};

// A task of no turns would be over before the next could begin.
const items = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 });
const limits = fc.integer({ min: 1, max: 12 });

describe('mapConcurrently', () => {
  it('answers in the order of the items, whichever ends first', async () => {
    await fc.assert(
      fc.asyncProperty(items, limits, async (some, limit) => {
        const results = await mapConcurrently(some, limit, measured().task);
        expect(results).toEqual(some.map((turns, index) => `${index}:${turns}`));
      }),
    );
  });

  it('never runs more at once than the limit, and no fewer than it could', async () => {
    await fc.assert(
      fc.asyncProperty(items, limits, async (some, limit) => {
        const { task, most } = measured();
        await mapConcurrently(some, limit, task);
        expect(most()).toBe(Math.min(limit, some.length));
      }),
    );
  });

  it('rejects as soon as one task does, while others still run', async () => {
    const never = new Promise<never>(() => {});
    const run = mapConcurrently([0, 1, 2], 3, (item) =>
      item === 1 ? Promise.reject(new Error('broken')) : never,
    );
    await expect(run).rejects.toThrow('broken');
  });

  it('runs nothing for no items', async () => {
    expect(await mapConcurrently([], 5, () => Promise.reject(new Error('called')))).toEqual([]);
  });
});
