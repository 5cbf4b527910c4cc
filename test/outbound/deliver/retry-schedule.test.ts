import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTEMPTS_MAX, retryDelaySeconds } from '#functions/outbound/deliver/retry-schedule.ts';

const attempts = fc.integer({ min: 1, max: 200 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const ceilingOf = (attempt: number) => Math.min(5 * 4 ** (attempt - 1), 900);

describe('the delay before the next attempt', () => {
  it.each([
    [1, 3, 5],
    [2, 10, 20],
    [3, 40, 80],
    [4, 160, 320],
    [5, 450, 900],
    [8, 450, 900],
  ])('after attempt %d is between %d and %d seconds', (attempt, least, most) => {
    expect(retryDelaySeconds(attempt, () => 0)).toBe(least);
    expect(retryDelaySeconds(attempt, () => 1 - Number.EPSILON)).toBe(most);
  });

  it('is whole seconds between half of its ceiling and the ceiling, whatever chance gives', () => {
    fc.assert(
      fc.property(attempts, random, (attempt, chance) => {
        const seconds = retryDelaySeconds(attempt, () => chance);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(ceilingOf(attempt) / 2);
        expect(seconds).toBeLessThanOrEqual(ceilingOf(attempt));
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

  it('spreads: two deliveries that failed together are not tried together', () => {
    const delays = Array.from({ length: 100 }, (_, index) => retryDelaySeconds(5, () => index / 100));
    expect(new Set(delays).size).toBe(100);
  });

  it('leaves a destination that is down for half an hour its attempts', () => {
    const waits = Array.from({ length: ATTEMPTS_MAX - 1 }, (_, index) =>
      retryDelaySeconds(index + 1, () => 0),
    );
    expect(waits.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(1500);
  });
});

describe('a destination’s own Retry-After', () => {
  it('is kept exactly, up to three hours', () => {
    fc.assert(
      fc.property(attempts, fc.integer({ min: 1, max: 3 * 3600 }), random, (attempt, asked, chance) => {
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

  it('is never followed beyond three hours', () => {
    fc.assert(
      fc.property(attempts, fc.integer({ min: 3 * 3600 }), (attempt, asked) => {
        expect(retryDelaySeconds(attempt, () => 0, asked)).toBe(3 * 3600);
      }),
    );
  });
});
