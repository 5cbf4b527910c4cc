import fc from 'fast-check';
import { expect, it } from 'vitest';
import { failedItems } from '../../../local/event-sources/batch-response.ts';

const identifiers = new Set(['a', 'b', 'c']);

for (const [what, payload] of [
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['an empty list', []],
  ['no list', { batchItemFailures: null }],
  ['an empty list of failures', { batchItemFailures: [] }],
] as const) {
  it(`answering ${what} means that the whole batch succeeded`, () => {
    expect(failedItems(payload, identifiers)).toEqual(new Set());
  });
}

for (const [what, payload] of [
  ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }] }],
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
  ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
  ['a misspelt key', { batchItemFailures: [{ itemId: 'a' }] }],
  ['a bare identifier', { batchItemFailures: ['a'] }],
  ['something that is no list', { batchItemFailures: 'a' }],
  ['text', 'done'],
] as const) {
  it(`answering ${what} means that the whole batch failed`, () => {
    expect(failedItems(payload, identifiers)).toBe('all');
  });
}

it('any set of known identifiers fails exactly those items, however often each is named', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (failed) => {
      const batchItemFailures = failed.map((itemIdentifier) => ({ itemIdentifier }));
      expect(failedItems({ batchItemFailures }, identifiers)).toEqual(new Set(failed));
    }),
  );
});
