import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median } from '../../bench/statistics.ts';
import { percentile } from '../../local/percentile.ts';

describe('a percentile', () => {
  it('is the value at its nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([50, 99, 100, 0].map((percent) => percentile(hundred, percent))).toEqual([50, 99, 100, 1]);
    expect(median([3, 1, 2])).toBe(2);
  });

  it('is not a number where nothing was measured', () => {
    expect(percentile([], 50)).toBeNaN();
  });

  it('is for any values one of them, and at least so many do not exceed it', () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (measured, percent) => {
        const found = percentile(measured, percent);
        expect(measured).toContain(found);
        const below = measured.filter((value) => value <= found).length;
        expect(below).toBeGreaterThanOrEqual((percent / 100) * measured.length);
      }),
    );
  });
});
