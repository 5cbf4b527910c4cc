import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression, type ScheduleService } from '../../../local/schedules/expression.ts';
import { timeZone } from '../../../local/schedules/time-zone.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const instant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) });
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
];

/** The first `count` occurrences after a time, as text. */
const occurrences = (expression: string, after: string, count: number, zone = 'UTC'): string[] => {
  const { next } = parseExpression(expression, 'scheduler', zone);
  const found: string[] = [];
  for (let ms = next(Date.parse(after), 0); ms !== undefined && found.length < count; ms = next(ms, 0))
    found.push(new Date(ms).toISOString().replace(':00.000Z', 'Z'));
  return found;
};

describe('a cron expression', () => {
  // The first six, and the one with 6L, stand as examples in the EventBridge user guide. 2026-01-01 is a Thursday.
  it.each([
    ['0 10 * * ? *', ['2026-01-01T10:00Z', '2026-01-02T10:00Z']],
    ['15 12 * * ? *', ['2026-01-01T12:15Z', '2026-01-02T12:15Z']],
    ['0 18 ? * MON-FRI *', ['2026-01-01T18:00Z', '2026-01-02T18:00Z', '2026-01-05T18:00Z']],
    ['0 8 1 * ? *', ['2026-01-01T08:00Z', '2026-02-01T08:00Z']],
    ['0/15 * * * ? *', ['2026-01-01T00:15Z', '2026-01-01T00:30Z', '2026-01-01T00:45Z', '2026-01-01T01:00Z']],
    ['5,35 14 * * ? *', ['2026-01-01T14:05Z', '2026-01-01T14:35Z', '2026-01-02T14:05Z']],
    ['0/30 20-2 ? * FRI *', ['2026-01-02T00:00Z', '2026-01-02T00:30Z', '2026-01-02T01:00Z']],
    ['15 10 ? * 6L 2026-2027', ['2026-01-30T10:15Z', '2026-02-27T10:15Z']],
    ['0 0 L * ? *', ['2026-01-31T00:00Z', '2026-02-28T00:00Z']],
    ['0 0 ? * L *', ['2026-01-03T00:00Z', '2026-01-10T00:00Z']],
    ['0 0 3W * ? *', ['2026-01-02T00:00Z', '2026-02-03T00:00Z']],
    ['0 0 1W 8 ? *', ['2026-08-03T00:00Z', '2027-08-02T00:00Z']],
    ['0 0 31W 2-5 ? *', ['2026-03-31T00:00Z', '2026-05-29T00:00Z', '2027-03-31T00:00Z']],
    ['0 0 ? * 3#2 *', ['2026-01-13T00:00Z', '2026-02-10T00:00Z']],
    ['0 0 ? * tue#5 *', ['2026-03-31T00:00Z', '2026-06-30T00:00Z']],
    ['0 0 29 2 ? *', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['0 0 28-2 jan,FEB ? *', ['2026-01-02T00:00Z', '2026-01-28T00:00Z', '2026-01-29T00:00Z']],
    ['0 0-23/8 ? * * *', ['2026-01-01T08:00Z', '2026-01-01T16:00Z', '2026-01-02T00:00Z']],
    ['0 0 1 1 ? 2198/1', ['2198-01-01T00:00Z', '2199-01-01T00:00Z']],
    ['0 0 30 2 ? *', []],
    ['0 0 1 1 ? 2025', []],
    ['0 12 * * ?', ['2026-01-01T12:00Z']],
  ])('cron(%s) names %j', (fields, expected) => {
    const count = Math.max(expected.length, 1);
    expect(occurrences(`cron(${fields})`, '2026-01-01T00:00:00Z', count)).toEqual(expected);
  });

  /** A non-empty part of a field's numbers. */
  const some = (min: number, max: number) =>
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 4 });
  const fields = fc.record({
    minutes: some(0, 59),
    hours: some(0, 23),
    months: some(1, 12),
    ofMonth: some(1, 31),
    ofWeek: some(1, 7),
    byMonth: fc.boolean(),
  });

  it('names exactly the minutes that all its fields name, and each of them', () => {
    fc.assert(
      fc.property(fields, instant, ({ minutes, hours, months, ofMonth, ofWeek, byMonth }, afterMs) => {
        const days = byMonth ? `${ofMonth} ${months} ?` : `? ${months} ${ofWeek}`;
        const text = `cron(${minutes} ${hours} ${days} *)`;
        const isNamed = (ms: number): boolean => {
          const date = new Date(ms);
          return (
            minutes.includes(date.getUTCMinutes()) &&
            hours.includes(date.getUTCHours()) &&
            months.includes(date.getUTCMonth() + 1) &&
            (byMonth ? ofMonth.includes(date.getUTCDate()) : ofWeek.includes(date.getUTCDay() + 1))
          );
        };
        const found = parseExpression(text, 'rule').next(afterMs, 0) ?? Number.POSITIVE_INFINITY;
        const untilMs = Math.min(found, afterMs + 40 * DAY_MS);
        const firstMinute = Math.floor(afterMs / MINUTE_MS + 1) * MINUTE_MS;
        for (let ms = firstMinute; ms < untilMs; ms += MINUTE_MS) if (isNamed(ms)) return false;
        return (
          found === Number.POSITIVE_INFINITY || (found > afterMs && found % MINUTE_MS === 0 && isNamed(found))
        );
      }),
      { numRuns: 60 },
    );
  });

  it('skips what clocks skip in spring, and takes what they show twice in autumn the first time only', () => {
    const daily = (after: string) => occurrences('cron(30 2 * * ? *)', after, 3, 'America/Los_Angeles');
    expect(daily('2026-03-07T00:00:00Z')).toEqual([
      '2026-03-07T10:30Z',
      '2026-03-09T09:30Z',
      '2026-03-10T09:30Z',
    ]);
    const twice = occurrences('cron(30 1 * * ? *)', '2026-10-31T12:00:00Z', 2, 'America/Los_Angeles');
    expect(twice).toEqual(['2026-11-01T08:30Z', '2026-11-02T09:30Z']);
  });

  it('never names a reading of clocks twice or out of order, in any zone, and only readings that it means', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        instant,
        fc.integer({ min: 0, max: 59 }),
        (name, fromMs, minute) => {
          const { next } = parseExpression(`cron(${minute} 0/3 * * ? *)`, 'scheduler', name);
          const zone = timeZone(name);
          let [ms, reading] = [fromMs, Number.NEGATIVE_INFINITY];
          for (let count = 0; count < 40; count += 1) {
            const nextMs = next(ms, 0) ?? Number.NaN;
            const nextReading = zone.readingAt(nextMs);
            const date = new Date(nextReading);
            if (date.getUTCMinutes() !== minute || date.getUTCHours() % 3 !== 0) return false;
            if (!(nextMs > ms && nextReading > reading)) return false;
            [ms, reading] = [nextMs, nextReading];
          }
          return true;
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a time zone', () => {
  it('finds for what clocks read, at any instant anywhere, the first instant at which they read it', () => {
    const name = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    fc.assert(
      fc.property(name, instant, (zoneName, ms) => {
        const zone = timeZone(zoneName);
        const found = zone.instantOf(zone.readingAt(ms)) ?? Number.NaN;
        return found <= ms && ms - found <= DAY_MS && zone.readingAt(found) === zone.readingAt(ms);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['+02:00', 'Mars/Base', '', 'Europe/Berlin ', 'GMT+25'])('is not %j', (name) => {
    expect(() => parseExpression('rate(1 day)', 'scheduler', name)).toThrow(
      `there is no time zone '${name}'`,
    );
  });
});

describe('a rate', () => {
  it('counts from its start, any number of units, and never leaves out one', () => {
    const unit = fc.constantFrom(
      ['minutes', 60_000] as const,
      ['hours', 3_600_000] as const,
      ['days', DAY_MS] as const,
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 400 }),
        unit,
        instant,
        instant,
        (count, [name, unitMs], startMs, afterMs) => {
          const everyMs = count * unitMs;
          const next = parseExpression(`rate(${count} ${name})`, 'rule').next(afterMs, startMs) ?? Number.NaN;
          if (afterMs < startMs) return next === startMs;
          return next > afterMs && next - afterMs <= everyMs && (next - startMs) % everyMs === 0;
        },
      ),
    );
  });

  it('has days of 24 hours, whatever clocks do', () => {
    const { next } = parseExpression('rate(1 day)', 'scheduler', 'Europe/Berlin');
    expect(next(Date.UTC(2026, 2, 29), Date.UTC(2026, 2, 28))).toBe(Date.UTC(2026, 2, 30));
  });
});

describe('a one-time expression', () => {
  it('happens once, at the time that clocks in its zone read', () => {
    const at = 'at(2026-11-20T13:00:00)';
    expect(occurrences(at, '2026-01-01T00:00:00Z', 2, 'America/Los_Angeles')).toEqual(['2026-11-20T21:00Z']);
    expect(occurrences(at, '2026-11-20T13:00:00Z', 1)).toEqual([]);
    expect(occurrences('at(2026-03-29T02:30:00)', '2026-01-01T00:00:00Z', 1, 'Europe/Berlin')).toEqual([]);
  });
});

describe('an expression', () => {
  it.each<readonly [ScheduleService, string, string]>([
    ['rule', 'rate(1 minutes)', 'singular'],
    ['rule', 'rate(5 minute)', 'plural'],
    ['rule', 'rate(0 minutes)', 'positive number'],
    ['scheduler', 'rate(-1 minutes)', 'positive number'],
    ['scheduler', 'rate(1.5 hours)', 'positive number'],
    ['scheduler', 'rate(5 weeks)', 'positive number'],
    ['scheduler', 'rate(99999999999999999 days)', 'positive number'],
    ['rule', 'at(2026-01-01T00:00:00)', 'not an expression'],
    ['scheduler', 'at(2026-02-30T00:00:00)', 'a date and a time'],
    ['scheduler', 'at(2026-01-01T00:00:00Z)', 'a date and a time'],
    ['scheduler', 'at(2026-01-01)', 'a date and a time'],
    ['scheduler', 'every minute', 'not an expression'],
    ['scheduler', 'cron 0 0 * * ? *', 'not an expression'],
    ['rule', 'cron(0 0 * * ?)', 'six fields, not 5'],
    ['scheduler', 'cron(0 0 0 * * ? *)', 'six fields, not 7'],
    ['rule', 'cron(0 0 * * * *)', "exactly one of the day-of-month and day-of-week fields must be '?'"],
    ['rule', 'cron(0 0 ? * ? *)', 'exactly one'],
    ['rule', 'cron(0 0 1 * MON *)', 'exactly one'],
    ['rule', 'cron(? 0 * * ? *)', "the minutes field '?'"],
    ['rule', 'cron(60 0 * * ? *)', "the minutes field '60' is not within 0-59"],
    ['rule', 'cron(0 24 * * ? *)', "the hours field '24' is not within 0-23"],
    ['rule', 'cron(0 0 0 * ? *)', "the day-of-month field '0' is not within 1-31"],
    ['rule', 'cron(0 0 ? * 0 *)', "the day-of-week field '0' is not within 1-7"],
    ['rule', 'cron(0 0 ? FOO 1 *)', "the month field 'FOO'"],
    ['rule', 'cron(0 0 ? * MONDAY *)', "the day-of-week field 'MONDAY'"],
    ['rule', 'cron(0 0 * * ? 2200)', "the year field '2200' is not within 1970-2199"],
    ['rule', 'cron(0 0 * * ? 2027-2026)', 'ends before it begins'],
    ['rule', 'cron(*/0 0 * * ? *)', 'step outside 1-60'],
    ['rule', 'cron(0/61 0 * * ? *)', 'step outside 1-60'],
    ['rule', 'cron(1-2-3 0 * * ? *)', 'is not a range'],
    ['rule', 'cron(1, 0 * * ? *)', "the minutes field ''"],
    ['rule', 'cron(0 0 ? * 3#6 *)', "the day-of-week field '3#6'"],
    ['rule', 'cron(0 0 ? * 3#1,6#3 *)', "the day-of-week field '3#1'"],
    ['rule', 'cron(0 0 L,3 * ? *)', "the day-of-month field 'L'"],
    ['rule', 'cron(0 0 32W * ? *)', "the day-of-month field '32'"],
    ['rule', 'cron(0 0 W * ? *)', "the day-of-month field 'W'"],
    ['rule', 'cron(0 L * * ? *)', "the hours field 'L'"],
  ])('of a %s is not %s', (service, text, problem) => {
    expect(() => parseExpression(text, service)).toThrow(problem);
  });
});
