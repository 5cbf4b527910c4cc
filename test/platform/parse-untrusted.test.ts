import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseUntrusted } from '#functions/platform/parse-untrusted.ts';

const Schema = z.object({ name: z.string().min(1).max(10), list: z.array(z.unknown()).max(3) });

describe('parsing what came from outside', () => {
  it('gives what the schema knows', () => {
    const parsed = parseUntrusted(Schema, { name: 'a', list: [1], extra: true });
    expect(parsed).toEqual({ success: true, data: { name: 'a', list: [1] } });
  });

  it('never throws, whatever JSON it is', () => {
    const incomparable = { length: { valueOf: null, toString: null } };
    const length = fc.constantFrom({ name: incomparable, list: [] }, { name: 'a', list: incomparable });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), length), (value) => {
        expect(typeof parseUntrusted(Schema, value).success).toBe('boolean');
      }),
    );
  });

  it.each(['name', 'list'])(
    'refuses a %s whose length cannot be compared, as a whole and unrepeated',
    (field) => {
      const value = { name: 'a', list: [], [field]: { length: { valueOf: 1, toString: 'canary' } } };
      expect(() => Schema.safeParse(value)).toThrow(TypeError);
      const parsed = parseUntrusted(Schema, value);
      expect(parsed.error?.issues).toMatchObject([
        { path: [], message: 'has a length that is not a number' },
      ]);
      expect(JSON.stringify(parsed)).not.toContain('canary');
    },
  );

  it('does not hide a bug: what throws for another reason still throws', () => {
    const broken = z.string().transform(() => {
      throw new RangeError('a bug');
    });
    expect(() => parseUntrusted(broken, 'x')).toThrow('a bug');
  });
});
