import { CRON_FIELDS, cronNumber, cronValues } from './cron-field.ts';

/** The days of a month (1 to 12), ascending. */
export type DaysOf = (year: number, month: number) => readonly number[];

const SATURDAY = 7;

const lastDay = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** 1 is Sunday. */
const weekday = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

const allDays = (year: number, month: number): number[] =>
  Array.from({ length: lastDay(year, month) }, (_, index) => index + 1);

/** `3W`. From memory, as in Quartz, whose dialect this is: it never leaves the month, and a day that is missing is none. */
const nearestWeekday =
  (wanted: number): DaysOf =>
  (year, month) =>
    [0, -1, 1, -2, 2]
      .map((distance) => wanted + distance)
      .filter((day) => day >= 1 && day <= lastDay(year, month) && wanted <= lastDay(year, month))
      .filter((day) => ![1, SATURDAY].includes(weekday(year, month, day)))
      .slice(0, 1);

const byDayOfMonth = (text: string): DaysOf => {
  if (text === 'L') return (year, month) => [lastDay(year, month)];
  const beforeW = /^(\d+)W$/.exec(text)?.[1];
  if (beforeW !== undefined) return nearestWeekday(cronNumber(beforeW, CRON_FIELDS.dayOfMonth));
  const wanted = cronValues(text, CRON_FIELDS.dayOfMonth);
  return (year, month) => wanted.filter((day) => day <= lastDay(year, month));
};

const onWeekdays =
  (wanted: readonly number[]): DaysOf =>
  (year, month) =>
    allDays(year, month).filter((day) => wanted.includes(weekday(year, month, day)));

const byDayOfWeek = (text: string): DaysOf => {
  if (text === 'L') return onWeekdays([SATURDAY]);
  const beforeL = /^(\w+)L$/.exec(text)?.[1];
  const [, beforeHash, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  const one = beforeL ?? beforeHash;
  if (one === undefined) return onWeekdays(cronValues(text, CRON_FIELDS.dayOfWeek));
  const days = onWeekdays([cronNumber(one, CRON_FIELDS.dayOfWeek)]);
  const index = nth === undefined ? -1 : Number(nth) - 1;
  return (year, month) => days(year, month).slice(index).slice(0, 1);
};

/**
 * The days that the two day fields name; exactly one of them must be `?`. `L`, `W` and `#` stand alone in their field.
 * @throws Error, which names the field, for what the dialect does not know
 */
export const cronDays = (dayOfMonth: string, dayOfWeek: string): DaysOf => {
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new Error("exactly one of the day-of-month and day-of-week fields must be '?'");
  return dayOfWeek === '?' ? byDayOfMonth(dayOfMonth) : byDayOfWeek(dayOfWeek);
};
