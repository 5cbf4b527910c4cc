import { type JsonSchema, valuesOf } from './alternatives.ts';
import { same } from './sorted.ts';

/** What one value must satisfy; each text says how `after` accepts less than `before` did at this very place. */
export const narrowings = (before: JsonSchema, after: JsonSchema): string[] => [
  ...valueNarrowings(before, after),
  ...numberNarrowings(before, after),
  ...sizeNarrowings(before, after),
  ...patternNarrowings(before, after),
  ...changed('format', before, after),
  ...OPAQUE.flatMap((keyword) => changed(keyword, before, after)),
  ...defaultChange(before, after),
];

/** Whether `after` is one of the types that `before` was, in words; undefined when it still accepts them. */
export const typeNarrowing = (before: JsonSchema, after: JsonSchema): string | undefined => {
  if (after.type === undefined || covers(after.type, before)) return undefined;
  return `was ${String(before.type ?? 'any type')}, is ${String(after.type)}`;
};

const covers = (type: unknown, before: JsonSchema): boolean => {
  if (type === before.type || (type === 'number' && before.type === 'integer')) return true;
  const values = before.type === undefined ? valuesOf(before) : undefined;
  return values?.every((value) => isOfType(value, type)) ?? false;
};

const isOfType = (value: unknown, type: unknown): boolean => {
  if (type === 'integer') return Number.isInteger(value);
  if (value === null || Array.isArray(value)) return type === (value === null ? 'null' : 'array');
  return type === typeof value;
};

const show = (value: unknown) => JSON.stringify(value);

const valueNarrowings = (before: JsonSchema, after: JsonSchema): string[] => {
  const [were, are] = [valuesOf(before), valuesOf(after)];
  if (are === undefined) return [];
  if (were === undefined) return [`only ${are.map(show).join(', ')} is accepted`];
  const gone = were.filter((value) => !are.some((other) => same(value, other)));
  return gone.map((value) => `the value ${show(value)} is no longer accepted`);
};

interface Bound {
  readonly at: number;
  readonly open: boolean;
}

const finite = (bound: number | boolean | undefined): bound is number => typeof bound === 'number';

// Both ends are read as lower bounds: an upper one is negated. Whole numbers turn an open end into a closed one.
const lowerBound = (schema: JsonSchema, sign: 1 | -1): Bound => {
  const [closed, open] =
    sign === 1 ? [schema.minimum, schema.exclusiveMinimum] : [schema.maximum, schema.exclusiveMaximum];
  const bounds: Bound[] = [{ at: Number.NEGATIVE_INFINITY, open: false }];
  if (finite(closed)) bounds.push({ at: closed * sign, open: false });
  if (finite(open) && schema.type === 'integer')
    bounds.push({ at: Math.floor(open * sign) + 1, open: false });
  else if (finite(open)) bounds.push({ at: open * sign, open: true });
  return bounds.reduce((tightest, bound) => (isTighter(bound, tightest) ? bound : tightest));
};

const isTighter = (a: Bound, b: Bound) => a.at > b.at || (a.at === b.at && a.open && !b.open);

const numberNarrowings = (before: JsonSchema, after: JsonSchema): string[] =>
  ([1, -1] as const).flatMap((sign) => {
    const [was, is] = [lowerBound(before, sign), lowerBound(after, sign)];
    if (!isTighter(is, was)) return [];
    const name = sign === 1 ? 'minimum' : 'maximum';
    const from = Number.isFinite(was.at) ? String(was.at * sign) : 'none';
    return [`${name} was ${from}, is ${is.at * sign}${is.open ? ' (exclusive)' : ''}`];
  });

const SIZES = [
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minProperties', 'maxProperties'],
] as const;

const sizeNarrowings = (before: JsonSchema, after: JsonSchema): string[] =>
  SIZES.flatMap(([min, max]) => [
    ...((after[min] ?? 0) > (before[min] ?? 0)
      ? [`${min} was ${before[min] ?? 'none'}, is ${after[min]}`]
      : []),
    ...((after[max] ?? Number.POSITIVE_INFINITY) < (before[max] ?? Number.POSITIVE_INFINITY)
      ? [`${max} was ${before[max] ?? 'none'}, is ${after[max]}`]
      : []),
  ]);

// A text with several patterns has them as parts of an `allOf`.
const patternsOf = (schema: JsonSchema) =>
  [schema, ...(schema.allOf ?? [])].flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]));

const patternNarrowings = (before: JsonSchema, after: JsonSchema): string[] => {
  const were = patternsOf(before);
  const added = patternsOf(after).filter((pattern) => !were.includes(pattern));
  return added.map((pattern) => `must match ${pattern}, had to match ${were.join(' and ') || 'no pattern'}`);
};

/** Keywords that zod hardly writes: whether a change to one narrows cannot be told cheaply, so it counts as such. */
const OPAQUE = [
  'contains',
  'dependentRequired',
  'dependentSchemas',
  'else',
  'if',
  'maxContains',
  'minContains',
  'multipleOf',
  'not',
  'patternProperties',
  'prefixItems',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
  'uniqueItems',
] as const satisfies readonly (keyof JsonSchema)[];

const changed = (keyword: string, before: JsonSchema, after: JsonSchema): string[] => {
  if (after[keyword] === undefined || same(before[keyword], after[keyword])) return [];
  const was = before[keyword] === undefined ? 'is new' : `was ${show(before[keyword])}`;
  return [`${keyword} ${was}, is ${show(after[keyword])}`];
};

// A sender that leaves the field out means the default that it knew.
const defaultChange = (before: JsonSchema, after: JsonSchema): string[] => {
  if (before.default === undefined || same(before.default, after.default)) return [];
  return [`the default was ${show(before.default)}, is ${show(after.default) ?? 'none'}`];
};
