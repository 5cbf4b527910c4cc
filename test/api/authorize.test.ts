import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAuthorize } from '#functions/api/authorize/authorize.ts';

const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const authorize = makeAuthorize([hash('one'), hash('two')]);

describe('the authorizer', () => {
  it.each(['Bearer one', 'Bearer two', 'bearer one'])(
    'knows an operator by any of the tokens: %s',
    (header) => {
      expect(authorize(header)).toBe('operator');
    },
  );

  it.each([
    undefined,
    '',
    'one',
    'Bearer',
    'Bearer ',
    'Bearer  one',
    'Bearer one ',
    'Bearer one two',
    'Bearer ONE',
    'Basic b25lOg==',
    `Bearer ${hash('one')}`,
    `Bearer ${'x'.repeat(5000)}`,
  ])('knows nobody by %j', (header) => {
    expect(authorize(header)).toBe('unknown');
  });

  it('knows nobody by any text that is not a token', () => {
    const other = fc.string().filter((text) => text !== 'one' && text !== 'two');
    fc.assert(
      fc.property(other, (text) => {
        expect(authorize(`Bearer ${text}`)).toBe('unknown');
      }),
    );
  });

  it('knows nobody when there are no tokens', () => {
    expect(makeAuthorize([])('Bearer ')).toBe('unknown');
    expect(makeAuthorize([])('Bearer one')).toBe('unknown');
  });
});
