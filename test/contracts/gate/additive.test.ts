import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { breakingChanges, type JsonSchema } from '../../../contracts/gate/additive.ts';

const json = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
const of = (before: z.ZodType, after: z.ZodType) =>
  breakingChanges(json(before), json(after)).map(({ path, change }) => `${change} ${path}`);

describe('a narrowed value is found', () => {
  const narrowed: [string, z.ZodType, z.ZodType][] = [
    ['a type changed', z.string(), z.number()],
    ['number to integer', z.number(), z.int()],
    ['anything to something', z.unknown(), z.string()],
    ['null dropped', z.string().nullable(), z.string()],
    ['a type of a union dropped', z.union([z.string(), z.boolean()]), z.string()],
    ['an enum value dropped', z.enum(['a', 'b']), z.enum(['a'])],
    ['an enum in place of any text', z.string(), z.enum(['a', 'b'])],
    ['another constant', z.literal('a'), z.literal('b')],
    ['a minimum raised', z.number().min(1), z.number().min(2)],
    ['a minimum made exclusive', z.number().min(1), z.number().gt(1)],
    ['a minimum added', z.number(), z.number().min(0)],
    ['a maximum lowered', z.number().max(9), z.number().max(8)],
    ['a maximum made exclusive', z.int().max(9), z.int().lt(9)],
    ['a longer text asked for', z.string().min(1), z.string().min(2)],
    ['a shorter text allowed', z.string().max(9), z.string().max(8)],
    ['a length limited', z.string(), z.string().max(9)],
    ['more items asked for', z.array(z.string()), z.array(z.string()).min(1)],
    ['fewer items allowed', z.array(z.string()).max(9), z.array(z.string()).max(8)],
    ['a pattern added', z.string(), z.string().regex(/^a/)],
    ['a pattern changed', z.string().regex(/^a/), z.string().regex(/^ab/)],
    ['a second pattern', z.string().regex(/^a/), z.string().regex(/^a/).regex(/b$/)],
    ['a format added', z.string(), z.url()],
    ['a format changed', z.email(), z.url()],
    ['a multiple asked for', z.number(), z.number().multipleOf(5)],
    ['anything to nothing', z.unknown(), z.never()],
  ];

  it.each(narrowed)('%s', (_, before, after) => {
    expect(of(before, after)).toContain('narrowed ');
  });

  it.each(narrowed)(
    '%s, and the other way round it is additive unless it was a change',
    (name, before, after) => {
      const isReplacement = /changed|another/.test(name);
      if (!isReplacement) expect(of(after, before)).toEqual([]);
    },
  );

  it('below items, unnamed properties, their names and parts of an intersection', () => {
    expect(of(z.array(z.string()), z.array(z.url()))).toEqual(['narrowed *']);
    expect(of(z.record(z.string(), z.string()), z.record(z.string(), z.url()))).toEqual(['narrowed *']);
    expect(of(z.record(z.string(), z.string()), z.record(z.string().max(2), z.string()))).toEqual([
      'narrowed (names)',
    ]);
    const both = (second: z.ZodType) => z.intersection(z.object({ a: z.string() }), z.object({ b: second }));
    expect(of(both(z.string()), both(z.url()))).toEqual(['narrowed b']);
  });

  it('when unknown properties are newly refused', () => {
    expect(of(z.object({}), z.strictObject({}))).toEqual(['narrowed *']);
    expect(of(z.strictObject({}), z.object({}))).toEqual([]);
    expect(of(z.strictObject({}), z.strictObject({ a: z.string().optional() }))).toEqual([]);
  });
});

describe('a union is compared variant by variant', () => {
  const circle = z.object({ kind: z.literal('circle'), radius: z.number() });
  const square = z.object({ kind: z.literal('square'), side: z.number() });

  it('by what tells the variants apart, whatever their order', () => {
    const before = z.discriminatedUnion('kind', [circle, square]);
    expect(of(before, z.discriminatedUnion('kind', [square, circle]))).toEqual([]);
    expect(of(before, z.discriminatedUnion('kind', [circle]))).toEqual(['removed (kind=square)']);
    const other = z.discriminatedUnion('kind', [circle, square.extend({ side: z.int() })]);
    expect(of(before, other)).toEqual(['narrowed (kind=square)/side']);
  });

  it('where a single shape becomes one of several', () => {
    expect(of(square, z.discriminatedUnion('kind', [circle, square]))).toEqual([]);
    expect(of(z.string(), z.union([z.number(), z.string().nullable()]))).toEqual([]);
  });

  it('where types stand in a list', () => {
    const list: JsonSchema = { type: ['string', 'null'] };
    expect(breakingChanges(list, { anyOf: [{ type: 'null' }, { type: 'string' }] })).toEqual([]);
    expect(breakingChanges(list, { type: 'string' })).toEqual([
      { path: '', change: 'narrowed', detail: 'null is no longer accepted' },
    ]);
  });
});

describe('references', () => {
  const Tree = z.object({
    name: z.string(),
    get children() {
      return z.array(Tree).optional();
    },
  });
  const LabelledTree = z.object({
    name: z.string(),
    label: z.string(),
    get children() {
      return z.array(LabelledTree).optional();
    },
  });

  it('of a schema to itself come to an end', () => {
    expect(of(Tree, Tree)).toEqual([]);
    expect(of(Tree, LabelledTree)).toContain('newly_required children/*/label');
  });

  it('that lead nowhere are an error, not an empty schema', () => {
    expect(() => breakingChanges({ $ref: '#/$defs/Gone' }, {})).toThrow('leads nowhere');
  });

  it('may be written out, or taken out, without a change', () => {
    const Shared = z.object({ a: z.string() }).meta({ id: 'SharedOfThisTest' });
    const written = z.object({ one: z.object({ a: z.string() }) });
    expect(of(z.object({ one: Shared }), written)).toEqual([]);
    expect(of(written, z.object({ one: Shared }))).toEqual([]);
  });
});

describe('whatever the schema', () => {
  const text = fc.record(
    {
      type: fc.constant('string' as const),
      minLength: fc.nat(9),
      maxLength: fc.nat(99),
      pattern: fc.constantFrom('^a', 'b$'),
      format: fc.constantFrom('uri', 'email', 'date-time'),
      enum: fc.uniqueArray(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      default: fc.string({ maxLength: 3 }),
    },
    { requiredKeys: ['type'] },
  );
  const amount = fc.record(
    {
      type: fc.constantFrom('integer' as const, 'number' as const),
      minimum: fc.integer(),
      exclusiveMinimum: fc.integer(),
      maximum: fc.integer(),
      exclusiveMaximum: fc.integer(),
      const: fc.integer(),
    },
    { requiredKeys: ['type'] },
  );
  const name = fc.constantFrom('a', 'b', 'c', 'type');
  const { schema } = fc.letrec<{ schema: JsonSchema; object: JsonSchema }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<JsonSchema>(
        {},
        { type: 'null' },
        { type: ['string', 'null'] },
        { $ref: '#/$defs/Self' },
      ),
      text,
      amount,
      tie('object'),
      fc.record({ type: fc.constant('array' as const), items: tie('schema'), maxItems: fc.nat(9) }),
      fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ oneOf: fc.array(tie('object'), { minLength: 1, maxLength: 3 }) }),
    ),
    object: fc.record(
      {
        type: fc.constant('object' as const),
        properties: fc.dictionary(name, tie('schema'), { maxKeys: 3 }),
        required: fc.uniqueArray(name),
        additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
      },
      { requiredKeys: ['type', 'properties'] },
    ),
  }));
  const around = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
    $ref: '#/$defs/Self',
    $defs: { Self: { type: 'object', properties, required } },
  });
  const says = (inner: JsonSchema, word: string) => JSON.stringify(inner).includes(`"${word}`);

  it('it is additive over itself', () => {
    fc.assert(
      fc.property(schema, (inner) => breakingChanges(around({ inner }), around({ inner })).length === 0),
    );
  });

  it('it may become nullable, but not the other way round', () => {
    fc.assert(
      fc.property(fc.oneof(text, amount), (inner: JsonSchema) => {
        const nullable = around({ inner: { anyOf: [inner, { type: 'null' }] } });
        expect(breakingChanges(around({ inner }), nullable)).toEqual([]);
        expect(breakingChanges(nullable, around({ inner }))).not.toEqual([]);
      }),
    );
  });

  it('a property may be added beside it unless it is required, and never removed', () => {
    const flat = schema.filter((inner) => !says(inner, '$ref'));
    fc.assert(
      fc.property(flat, flat, (inner, added) => {
        const one = around({ inner });
        const two = around({ inner, added });
        expect(breakingChanges(one, two)).toEqual([]);
        expect(breakingChanges(one, around({ inner, added }, ['added']))).toMatchObject([
          { path: 'added', change: 'newly_required' },
        ]);
        expect(breakingChanges(two, one)).toMatchObject([{ path: 'added', change: 'removed' }]);
      }),
    );
  });

  it('what it accepted is still accepted when the gate finds no break', () => {
    const small = fc.integer({ min: 0, max: 3 });
    const schemas = fc.oneof(
      fc.record(
        { type: fc.constant('string'), minLength: small, maxLength: small },
        { requiredKeys: ['type'] },
      ),
      fc.record(
        { type: fc.constant('integer'), minimum: small, exclusiveMaximum: small },
        { requiredKeys: ['type'] },
      ),
      fc.record(
        { type: fc.constant('number'), exclusiveMinimum: small, maximum: small },
        { requiredKeys: ['type'] },
      ),
      fc.record({ enum: fc.subarray(['a', 'b', 1, null], { minLength: 1 }) }),
      fc.record({ type: fc.constant(['string', 'null']), maxLength: small }),
    ) as fc.Arbitrary<JsonSchema>;
    const nested = fc.oneof(
      schemas,
      fc.record({ anyOf: fc.array(schemas, { minLength: 1, maxLength: 2 }) }),
      fc.record({ type: fc.constant('array' as const), items: schemas, minItems: small }),
      fc.record({
        type: fc.constant('object' as const),
        properties: fc.record({ a: schemas }),
        required: fc.subarray(['a']),
        additionalProperties: fc.boolean(),
      }),
    );
    const plain = fc.constantFrom<unknown>('', 'a', 'b', 'abc', 0, 0.5, 1, 2, 3, null);
    const value = fc.oneof(
      plain,
      fc.array(plain, { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b'), plain),
    );
    const ajv = new Ajv2020({ strict: false });
    const accepts = (schema: JsonSchema, values: readonly unknown[]) => {
      const isValid = ajv.compile(schema);
      return values.map((one) => isValid(one));
    };
    fc.assert(
      fc.property(nested, nested, fc.array(value, { minLength: 10 }), (before, after, values) => {
        fc.pre(breakingChanges(before, after).length === 0);
        const still = accepts(after, values);
        expect(accepts(before, values).filter((valid, index) => valid && !still[index])).toEqual([]);
      }),
    );
  });
});
