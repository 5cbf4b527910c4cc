import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAuthorize } from '#functions/api/authorize/authorize.ts';
import { makeOperators } from '#functions/api/authorize/operators.ts';
import type { AuthorizerVerdict } from '#functions/platform/http/caller.ts';

const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const USER: AuthorizerVerdict = {
  caller: 'user',
  subject: 'person-1',
  role: 'super_admin',
  tenantId: '',
  expiresAtMs: 1,
};

/** Knows these operator tokens, and takes any text that could be a JWT for a user's. */
const authorizeWith = (...hashes: string[]) =>
  makeAuthorize({ operators: makeOperators(hashes), users: async () => USER });
const authorize = authorizeWith(hash('one'), hash('two'), hash('three.is.dotted'));
const callerOf = async (header: string | undefined) => (await authorize(header)).caller;

describe('the authorizer', () => {
  it.each(['Bearer one', 'Bearer two', 'bearer one', 'Bearer three.is.dotted'])(
    'knows an operator by any of the tokens: %s',
    async (header) => {
      expect(await callerOf(header)).toBe('operator');
    },
  );

  it('tells operator tokens apart and names none', async () => {
    const [one, two] = await Promise.all(['Bearer one', 'Bearer two'].map(authorize));
    expect(one).toEqual({ caller: 'operator', subject: `tok_${hash('one').slice(0, 12)}` });
    expect(two).not.toEqual(one);
  });

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
    'a.b.c',
    'Bearer a.b',
    'Bearer a.b.',
    'Bearer a.b.c.d.e',
    'Bearer a.b.c=',
    `Bearer a.b.${'c'.repeat(8192)}`,
  ])('knows nobody by %j', async (header) => {
    expect(await authorize(header)).toEqual({ caller: 'unknown', code: 'auth.token_invalid' });
  });

  it('knows nobody by any text that is neither a token nor in the form of a JWT', async () => {
    const other = fc.string().filter((text) => !['one', 'two'].includes(text) && !text.includes('.'));
    await fc.assert(
      fc.asyncProperty(other, async (text) => {
        expect(await callerOf(`Bearer ${text}`)).toBe('unknown');
      }),
    );
  });

  it('asks the issuer about what has the form of a JWT, and about nothing else', async () => {
    expect(await authorize('Bearer e30.e30.c2ln')).toBe(USER);
  });

  it('knows nobody when there are no tokens, and nobody without a token when its hash is listed', async () => {
    expect((await authorizeWith()('Bearer one')).caller).toBe('unknown');
    for (const header of [undefined, '', 'Bearer ', 'Bearer']) {
      expect((await authorizeWith(hash(''))(header)).caller).toBe('unknown');
    }
  });
});
