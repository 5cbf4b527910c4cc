import { type Cron, parseCron } from './cron.ts';
import { type TimeZone, timeZone } from './time-zone.ts';

/** Which service evaluates an expression: they differ a little in what they take. */
export type ScheduleService = 'rule' | 'scheduler';

/** When something happens. All times are epoch milliseconds. */
export interface Expression {
  /** Whether it happens only once, so that the start and end of a schedule do not count. */
  readonly once: boolean;
  /** The first occurrence after `afterMs`; a rate counts from `startMs`. Undefined when there is none any more. */
  readonly next: (afterMs: number, startMs: number) => number | undefined;
}

const SHAPE = /^(rate|cron|at)\((.*)\)$/;
const RATE = /^([1-9]\d*) (minute|hour|day)(s?)$/;
const AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;
const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

// A day of a rate is 24 hours on the clock, whatever the time zone: EventBridge Scheduler user guide, "schedule types".
const rate = (text: string, service: ScheduleService): Expression => {
  const [, count = '', unit = '', plural] = RATE.exec(text) ?? [];
  const everyMs = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(everyMs))
    throw new Error('a rate is a positive number and a unit: rate(5 minutes)');
  if (service === 'rule' && (count === '1') !== (plural === ''))
    throw new Error('the unit of a rate is singular for 1 and plural for all others');
  return {
    once: false,
    next: (afterMs, startMs) =>
      startMs + Math.max(0, Math.floor((afterMs - startMs) / everyMs) + 1) * everyMs,
  };
};

/**
 * A reading that clocks skip in spring is skipped here, and one that they show twice in autumn counts the first time
 * only: EventBridge Scheduler user guide, "daylight savings time".
 */
const nextInZone = (cron: Cron, zone: TimeZone, afterMs: number): number | undefined => {
  for (const readingMs of cron(zone.readingAt(afterMs))) {
    const instantMs = zone.instantOf(readingMs);
    if (instantMs !== undefined && instantMs > afterMs) return instantMs;
  }
  return undefined;
};

// The Scheduler's user guide calls the year optional; that of EventBridge requires it.
const cronIn = (text: string, zone: TimeZone, service: ScheduleService): Expression => {
  const fields = text.trim().split(/\s+/);
  const cron = parseCron(service === 'scheduler' && fields.length === 5 ? [...fields, '*'] : fields);
  return { once: false, next: (afterMs) => nextInZone(cron, zone, afterMs) };
};

const at = (text: string, zone: TimeZone): Expression => {
  const readingMs = AT.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(readingMs) || !new Date(readingMs).toISOString().startsWith(text))
    throw new Error('a one-time expression is a date and a time: at(2026-11-20T13:00:00)');
  const instantMs = zone.instantOf(readingMs);
  return {
    once: true,
    next: (afterMs) => (instantMs !== undefined && instantMs > afterMs ? instantMs : undefined),
  };
};

/**
 * Reads `rate(…)`, `cron(…)` or, for the Scheduler, `at(…)`, in the time zone with that IANA name.
 * @throws Error for what the service refuses
 */
export const parseExpression = (text: string, service: ScheduleService, zoneName = 'UTC'): Expression => {
  const [, kind, content = ''] = SHAPE.exec(text) ?? [];
  const zone = timeZone(zoneName);
  try {
    if (kind === 'rate') return rate(content, service);
    if (kind === 'cron') return cronIn(content, zone, service);
    if (kind === 'at' && service === 'scheduler') return at(content, zone);
    throw new Error(`is not an expression that a ${service} knows`);
  } catch (error) {
    throw new Error(`${text}: ${error instanceof Error ? error.message : error}`);
  }
};
