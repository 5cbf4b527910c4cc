import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter, compileFilters } from '../../../local/event-sources/filter.ts';

const matches = (pattern: unknown, value: unknown): boolean => compileFilter(JSON.stringify(pattern))(value);

describe('a filter pattern', () => {
  const cases: readonly [string, unknown, unknown, unknown][] = [
    ['an exact value', { a: ['x'] }, { a: 'x' }, { a: 'y' }],
    ['one of several values', { a: ['x', 2] }, { a: 2 }, { a: '2' }],
    ['null', { a: [null] }, { a: null }, { a: 'null' }],
    ['the empty text', { a: [''] }, { a: '' }, {}],
    ['a prefix', { a: [{ prefix: 'ord' }] }, { a: 'order' }, { a: 'border' }],
    ['a suffix', { a: [{ suffix: 'er' }] }, { a: 'order' }, { a: 'orders' }],
    ['a present field', { a: [{ exists: true }] }, { a: 0 }, {}],
    ['an absent field', { a: { b: [{ exists: false }] } }, { a: {} }, { a: { b: 1 } }],
    ['anything but a value', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, { a: 'x' }],
    ['anything but some values', { a: [{ 'anything-but': ['x', 1] }] }, { a: 2 }, { a: 1 }],
    ['anything but a missing field', { a: [{ 'anything-but': ['x'] }] }, { a: null }, {}],
    ['anything but a prefix', { a: [{ 'anything-but': { prefix: 'in' } }] }, { a: 'out' }, { a: 'inner' }],
    ['any case', { a: [{ 'equals-ignore-case': 'Yes' }] }, { a: 'YES' }, { a: 'no' }],
    ['a number', { a: [{ numeric: ['=', 5] }] }, { a: 5 }, { a: '5' }],
    ['a range', { a: [{ numeric: ['>', 1, '<=', 5] }] }, { a: 5 }, { a: 1 }],
    ['nested fields together', { a: { b: ['x'], c: ['y'] } }, { a: { b: 'x', c: 'y' } }, { a: { b: 'x' } }],
    ['an element of a list', { a: ['x'] }, { a: ['w', 'x'] }, { a: ['w'] }],
    ['one object of a list', { a: { b: [1], c: [2] } }, { a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }, { c: 2 }] }],
    ['one of several fields', { $or: [{ a: [1] }, { b: [2] }], c: [3] }, { b: 2, c: 3 }, { a: 1, b: 2 }],
  ];
  for (const [what, pattern, yes, no] of cases) {
    it(`for ${what} lets only that through`, () => {
      expect([matches(pattern, yes), matches(pattern, no)]).toEqual([true, false]);
    });
  }

  it('that is not understood is refused when it is compiled', () => {
    const broken = [
      { a: 'x' },
      { a: [] },
      { a: [{ cidr: '10.0.0.0/8' }] },
      { a: [{ prefix: 1 }] },
      { a: [{}] },
      5,
    ];
    for (const pattern of [
      ...broken,
      { a: [{ numeric: ['~', 1] }] },
      { a: [{ prefix: 'x', suffix: 'y' }] },
    ]) {
      expect(() => compileFilter(JSON.stringify(pattern)), JSON.stringify(pattern)).toThrow();
    }
  });
});

it('any value passes when there are no filters, and any field equal to its rule passes', () => {
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), (name, value) => {
      fc.pre(name !== '$or' && name !== '__proto__');
      expect(compileFilters([])(value)).toBe(true);
      expect(matches({ [name]: [value] }, { [name]: value, other: 1 })).toBe(true);
    }),
  );
});

it('one matching pattern out of several suffices', () => {
  const passes = compileFilters(['{"a":[1]}', '{"b":[2]}']);
  expect([passes({ a: 1 }), passes({ b: 2 }), passes({ a: 2, b: 1 })]).toEqual([true, true, false]);
});
