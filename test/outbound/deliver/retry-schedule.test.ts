import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTEMPTS_MAX, retryDelaySeconds } from '#functions/outbound/deliver/retry-schedule.ts';

const HOUR = 3600;
const WEEK = 7 * 24 * HOUR;
const attempts = fc.integer({ min: 1, max: 200 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const middle = () => 0.5;
const longest = () => 1 - Number.EPSILON;

describe('the delay before the next attempt', () => {
  it.each([
    [1, 4, 7],
    [2, 23, 38],
    [3, 90, 150],
    [4, 450, 750],
    [6, 2700, 4500],
    [12, 64_800, 108_000],
  ])('after attempt %d is between %d and %d seconds', (attempt, least, most) => {
    expect(retryDelaySeconds(attempt, () => 0)).toBe(least);
    expect(retryDelaySeconds(attempt, longest)).toBe(most);
  });

  it('is whole seconds, at least three quarters of the schedule and at most five, whatever chance gives', () => {
    fc.assert(
      fc.property(attempts, random, (attempt, chance) => {
        const seconds = retryDelaySeconds(attempt, () => chance);
        const scheduled = retryDelaySeconds(attempt, middle);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(Math.floor(scheduled * 0.75));
        expect(seconds).toBeLessThanOrEqual(Math.ceil(scheduled * 1.25));
      }),
    );
  });

  it('never shrinks from one attempt to the next under the same chance', () => {
    fc.assert(
      fc.property(attempts, random, (attempt, chance) => {
        const delayAfter = (count: number) => retryDelaySeconds(count, () => chance);
        expect(delayAfter(attempt + 1)).toBeGreaterThanOrEqual(delayAfter(attempt));
      }),
    );
  });

  it('gives at least ten attempts over about 75 hours', () => {
    const waits = Array.from({ length: ATTEMPTS_MAX - 1 }, (_, index) =>
      retryDelaySeconds(index + 1, middle),
    );
    const hours = waits.reduce((sum, seconds) => sum + seconds, 0) / HOUR;
    expect(ATTEMPTS_MAX).toBeGreaterThanOrEqual(10);
    expect(hours).toBeGreaterThan(74);
    expect(hours).toBeLessThan(78);
  });

  it('of five minutes or more brings no more than 2 % of 10 000 that failed together back in one second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: ATTEMPTS_MAX - 1 }), fc.integer(), (attempt, seed) => {
        // Evenly spread chances, shifted by the seed: what a good source of chance gives on average.
        const chanceOf = (index: number) => (index / 10_000 + (seed >>> 0) / 2 ** 32) % 1;
        const seconds = Array.from({ length: 10_000 }, (_, index) =>
          retryDelaySeconds(attempt, () => chanceOf(index)),
        );
        const buckets = Map.groupBy(seconds, (second) => second);
        expect(Math.max(...[...buckets.values()].map(({ length }) => length))).toBeLessThanOrEqual(200);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a destination’s own Retry-After', () => {
  it('is kept exactly, up to a week', () => {
    fc.assert(
      fc.property(attempts, fc.integer({ min: 1, max: WEEK }), random, (attempt, asked, chance) => {
        expect(retryDelaySeconds(attempt, () => chance, asked)).toBe(asked);
      }),
    );
  });

  it('that says at once is taken for none', () => {
    fc.assert(
      fc.property(attempts, random, (attempt, chance) => {
        const without = retryDelaySeconds(attempt, () => chance);
        expect(retryDelaySeconds(attempt, () => chance, 0)).toBe(without);
      }),
    );
  });

  it('is never followed beyond a week', () => {
    fc.assert(
      fc.property(attempts, fc.integer({ min: WEEK }), (attempt, asked) => {
        expect(retryDelaySeconds(attempt, () => 0, asked)).toBe(WEEK);
      }),
    );
  });
});
