/** One field of a cron expression: the numbers it may hold, and the names of the first of them onwards. */
export interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** Whether a range may pass the end and go on at the beginning, such as hours `20-2`. */
  readonly wraps: boolean;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The fields of AWS's dialect, as its table in the EventBridge user guide ("cron expressions") has them. */
export const CRON_FIELDS = {
  minutes: { name: 'minutes', min: 0, max: 59, wraps: true },
  hours: { name: 'hours', min: 0, max: 23, wraps: true },
  dayOfMonth: { name: 'day-of-month', min: 1, max: 31, wraps: true },
  month: { name: 'month', min: 1, max: 12, names: MONTHS, wraps: true },
  dayOfWeek: { name: 'day-of-week', min: 1, max: 7, names: WEEKDAYS, wraps: true },
  year: { name: 'year', min: 1970, max: 2199, wraps: false },
} as const satisfies Readonly<Record<string, CronField>>;

const fail = ({ name }: CronField, text: string, problem: string): never => {
  throw new Error(`the ${name} field '${text}' ${problem}`);
};

/** The number that a text means in a field: a number or a name, in any case. Throws for one that the field cannot hold. */
export const cronNumber = (text: string, field: CronField): number => {
  const { min, max, names = [] } = field;
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return min + named;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : fail(field, text, `is not within ${min}-${max}`);
};

const STEP = /^([^/]+)\/(\d+)$/;

/** The first and last number of `*`, `a`, `a-b`; a lone number before a step reaches to the end of the field. */
const rangeOf = (text: string, hasStep: boolean, field: CronField): readonly [number, number] => {
  if (text === '*') return [field.min, field.max];
  const [from = '', to, ...others] = text.split('-');
  if (others.length > 0) return fail(field, text, 'is not a range');
  const first = cronNumber(from, field);
  if (to === undefined) return [first, hasStep ? field.max : first];
  return [first, cronNumber(to, field)];
};

const valuesOfItem = (item: string, field: CronField): number[] => {
  const [, stepped, stepText] = STEP.exec(item) ?? [];
  const size = field.max - field.min + 1;
  const step = Number(stepText ?? 1);
  if (step < 1 || step > size) return fail(field, item, `has a step outside 1-${size}`);
  const [first, last] = rangeOf(stepped ?? item, stepped !== undefined, field);
  if (last < first && !field.wraps) return fail(field, item, 'ends before it begins');
  const end = last < first ? last + size : last;
  return Array.from(
    { length: Math.floor((end - first) / step) + 1 },
    (_, index) => field.min + ((first - field.min + index * step) % size),
  );
};

/** The numbers that a field names with `*`, numbers, names, ranges, steps and lists, ascending. Throws for anything else. */
export const cronValues = (text: string, field: CronField): readonly number[] => {
  const values = text.split(',').flatMap((item) => valuesOfItem(item, field));
  return [...new Set(values)].sort((a, b) => a - b);
};
