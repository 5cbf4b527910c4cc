import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SecretField } from '#functions/connections/record.ts';
import { allVersions, rotate } from '#functions/connections/rotation.ts';
import { START_MS } from '../harness/outbound.ts';

const HOUR_MS = 3_600_000;

type Fields = Readonly<Record<string, SecretField>>;

const step = fc.record({
  names: fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1 }),
  overlapMs: fc.integer({ min: 0, max: 168 }).map((hours) => hours * HOUR_MS),
  waitedMs: fc.integer({ min: 0, max: 400 * HOUR_MS }),
});

/** Rotates once for each step and tells, after each, what is kept and what was destroyed by then. */
const run = (steps: readonly { names: string[]; overlapMs: number; waitedMs: number }[]) => {
  let fields: Fields = {};
  let nowMs = START_MS;
  const ended: string[] = [];
  return steps.map(({ names, overlapMs, waitedMs }, index) => {
    nowMs += waitedMs;
    const before = fields;
    const rotated = rotate(before, { names, version: index + 1, nowMs, overlapMs });
    fields = rotated.fields;
    ended.push(...rotated.ended.map(({ name, version }) => `${name}${version}`));
    return { names, nowMs, overlapMs, version: index + 1, before, ...rotated, endedByNow: [...ended] };
  });
};

const texts = (fields: Fields) => allVersions(fields).map(({ name, version }) => `${name}${version}`);

describe('a rotation', () => {
  it('retires what was there for the overlap, and ends it at once without one', () => {
    const [, second, third] = run([
      { names: ['a'], overlapMs: 0, waitedMs: 0 },
      { names: ['a'], overlapMs: HOUR_MS, waitedMs: 0 },
      { names: ['a'], overlapMs: 0, waitedMs: 0 },
    ]);
    const untilMs = START_MS + HOUR_MS;
    expect(second?.retired).toEqual([{ name: 'a', version: 1, untilMs }]);
    expect(second?.fields['a']?.previous).toEqual([{ version: 1, until: new Date(untilMs).toISOString() }]);
    expect(third?.ended).toEqual([
      { name: 'a', version: 2 },
      { name: 'a', version: 1 },
    ]);
    expect(third?.fields['a']).toEqual({ version: 3, created_at: new Date(START_MS).toISOString() });
  });

  it('never loses sight of a version: each is either named or has been destroyed, and never both', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const made: string[] = [];
        for (const { names, version, fields, endedByNow } of run(steps)) {
          made.push(...names.map((name) => `${name}${version}`));
          expect([...texts(fields), ...endedByNow].sort()).toEqual([...made].sort());
        }
      }),
    );
  });

  it('never leaves an earlier version valid for longer than its overlap or one that came later says', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        for (const { names, nowMs, overlapMs, fields } of run(steps)) {
          for (const name of names) {
            const untils = (fields[name]?.previous ?? []).map(({ until }) => Date.parse(until));
            expect(untils.length).toBeLessThanOrEqual(3);
            for (const until of untils) {
              expect(until).toBeGreaterThan(nowMs);
              expect(until).toBeLessThanOrEqual(nowMs + overlapMs);
            }
          }
        }
      }),
    );
  });

  it('never touches a field that it does not name', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        for (const { names, before, fields } of run(steps)) {
          const others = Object.keys(before).filter((name) => !names.includes(name));
          for (const name of others) expect(fields[name]).toBe(before[name]);
        }
      }),
    );
  });
});
