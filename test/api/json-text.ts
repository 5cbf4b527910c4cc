import * as fc from 'fast-check';

const NAMES = [
  ...['__proto__', 'constructor', 'toString', 'toJSON', 'length', '', 'events', 'data', 'config', 'secrets'],
  ...['url', 'state', 'scope', 'connector_type', 'event_type', 'subject', 'id', 'token', 'pii_allowlist'],
];
const NUMBERS = [
  '0',
  '-0',
  '1e999',
  '-1e999',
  '1e-999',
  '1e-200',
  '5e-324',
  '9007199254740993',
  '0.1',
  '1e308',
];
const TEXTS = [
  'webhook',
  'company.updated',
  'v1',
  'enabled',
  'https://example.com/',
  '2026-11-20T08:30:00Z',
  '\u0000',
];

const codeUnits = fc
  .array(fc.oneof(fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.integer({ min: 0, max: 0x7f })), {
    maxLength: 12,
  })
  .map((units) => String.fromCharCode(...units));

const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 20 }), codeUnits);
const name = fc.oneof(fc.constantFrom(...NAMES), text).map((value) => JSON.stringify(value));
const scalar = fc.oneof(
  fc.constantFrom('null', 'true', 'false', ...NUMBERS),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  text.map((value) => JSON.stringify(value)),
);

/** The text of any JSON value. Unlike what a serializer gives, it may repeat a name or hold a number that no double is. */
export const anyJsonText: fc.Arbitrary<string> = fc.letrec<{ value: string; list: string; object: string }>(
  (tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    object: fc
      .array(fc.tuple(name, tie('value')), { maxLength: 5 })
      .map((entries) => `{${entries.map(([key, value]) => `${key}:${value}`).join(',')}}`),
  }),
).value;

const PLACE = '<this place>';

const pathsOf = (value: unknown, path: readonly string[] = []): string[][] =>
  typeof value === 'object' && value !== null
    ? [[...path], ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
    : [[...path]];

const placed = (value: unknown, [first, ...rest]: readonly string[]): unknown => {
  if (first === undefined) return PLACE;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[first] = placed(copy[first], rest);
  return copy;
};

/** The text of one of `values` in which any one part, or the whole, is any JSON. */
export const mutated = (values: readonly unknown[]): fc.Arbitrary<string> =>
  fc
    .constantFrom(...values)
    .chain((value) =>
      fc
        .tuple(fc.constantFrom(...pathsOf(value)), anyJsonText)
        .map(([path, json]) =>
          JSON.stringify(placed(value, path)).replace(JSON.stringify(PLACE), () => json),
        ),
    );
