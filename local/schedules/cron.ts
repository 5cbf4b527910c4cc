import { cronDays } from './cron-days.ts';
import { CRON_FIELDS, cronValues } from './cron-field.ts';

/**
 * A cron expression over wall-clock readings, which are written as the epoch milliseconds of the same reading in UTC:
 * all that it names from `fromMs` on, ascending. It ends with the last year that it names, 2199 at the latest.
 */
export type Cron = (fromMs: number) => Iterable<number>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Reads the six fields of AWS's dialect: minutes, hours, day of month, month, day of week, year. The rules are those of
 * the EventBridge user guide, "cron expressions".
 * @throws Error, which names the field, for what the dialect does not know
 */
export const parseCron = (fields: readonly string[]): Cron => {
  if (fields.length !== 6) throw new Error(`a cron expression has six fields, not ${fields.length}`);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  const minutes = cronValues(minute, CRON_FIELDS.minutes);
  const hours = cronValues(hour, CRON_FIELDS.hours);
  const daysOf = cronDays(dayOfMonth, dayOfWeek);
  const months = cronValues(month, CRON_FIELDS.month);
  const years = cronValues(year, CRON_FIELDS.year);
  const minutesOfDay = hours.flatMap((h) => minutes.map((m) => (h * 60 + m) * MINUTE_MS));

  return function* from(fromMs) {
    for (const y of years.filter((one) => Date.UTC(one + 1, 0) > fromMs)) {
      for (const m of months.filter((one) => Date.UTC(y, one) > fromMs)) {
        for (const day of daysOf(y, m)) {
          const midnightMs = Date.UTC(y, m - 1, day);
          if (midnightMs + DAY_MS <= fromMs) continue;
          for (const ofDayMs of minutesOfDay) if (midnightMs + ofDayMs >= fromMs) yield midnightMs + ofDayMs;
        }
      }
    }
  };
};
