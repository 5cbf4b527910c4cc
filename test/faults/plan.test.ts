import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KINDS, runEvents, tenantIdOf } from '#local/faults/run/events.ts';
import { makePlan } from '#local/faults/run/plan.ts';
import { faultsAt, type Point } from '#local/faults/run/points.ts';

const points: readonly Point[] = [
  { id: 'publish', functionName: 'some', operation: 'PutItem', kinds: [...KINDS], isAnybodys: false },
  {
    id: 'quarantine',
    functionName: 'some',
    operation: 'SendMessageBatch',
    kinds: ['refused'],
    isAnybodys: false,
  },
  { id: 'secrets', functionName: 'some', operation: 'GetItem', kinds: [], isAnybodys: false },
  { id: 'authorize', functionName: 'some', operation: 'Invoke', kinds: [], isAnybodys: false },
];
const tenantIds = Array.from({ length: 20 }, (_, number) => tenantIdOf(1, number));
const planOf = (seed: number, events = 800) => makePlan(seed, points, runEvents(events, tenantIds));
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('a plan of faults', () => {
  it('follows from its seed alone', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(planOf(seed)).toEqual(planOf(seed));
      }),
      { numRuns: 25 },
    );
    expect(planOf(1)).not.toEqual(planOf(2));
  });

  it('has every fault at every point, whatever the seed', () => {
    const wanted = points.flatMap((point) => faultsAt(point).map((fault) => `${fault} at ${point.id}`));
    fc.assert(
      fc.property(seeds, (seed) => {
        const planned = new Set(planOf(seed).map(({ fault, pointId }) => `${fault} at ${pointId}`));
        expect(wanted.filter((one) => !planned.has(one))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('strikes an event by one fault or one pair, and a tenant once at each point', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const byTarget = Map.groupBy(
          planOf(seed, 3000).filter(({ target }) => target !== '*'),
          ({ target, pointId }) => (tenantIds.includes(target) ? `${target} ${pointId}` : target),
        );
        for (const [target, strikes] of byTarget) {
          const isPair = strikes.length === 2 && strikes[0]?.fault === 'duplicate';
          expect(strikes.length === 1 || isPair, target).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('strikes at a point only events that get there', () => {
    const atQuarantine = planOf(7, 3000).filter(({ pointId }) => pointId === 'quarantine');
    expect(atQuarantine.length).toBeGreaterThan(faultsAt(points[1] as Point).length);
    expect(atQuarantine.every(({ target }) => target.startsWith('refused-'))).toBe(true);
  });

  it('is refused for fewer events than it takes', () => {
    expect(() => planOf(1, 90)).toThrow('90 events are too few');
  });
});
