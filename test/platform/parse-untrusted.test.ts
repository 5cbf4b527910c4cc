import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { hasStrangeLength, parseUntrusted } from '../../functions/platform/parse-untrusted.ts';

const Frame = z.object({ text: z.string().min(1).max(9), list: z.array(z.unknown()).max(9).optional() });

describe('parsing what came from outside', () => {
  it('is the same as safeParse for any JSON without a strange length', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (text, list) => {
        fc.pre(!hasStrangeLength([text, list]));
        expect(parseUntrusted(Frame, { text, list })).toEqual(Frame.safeParse({ text, list }));
      }),
    );
  });

  it.each(['{"toString":1}', '[{"toString":1}]', `${'['.repeat(20_000)}${']'.repeat(20_000)}`])(
    'fails for a length that zod cannot compare: %s',
    (length) => {
      const value = JSON.parse(`{"text":{"length":${length}}}`);
      expect(() => Frame.safeParse(value)).toThrow();
      const { success, error } = parseUntrusted(Frame, value);
      expect([success, error?.issues]).toMatchObject([
        false,
        [{ path: [], message: 'has a length that is not a number' }],
      ]);
    },
  );

  it('hides no other failure: what a schema throws by itself is a bug', () => {
    const Broken = z.unknown().transform(() => {
      throw new TypeError('a bug');
    });
    expect(() => parseUntrusted(Broken, { length: 1 })).toThrow('a bug');
  });
});
