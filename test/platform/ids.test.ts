import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base32, derivedId, randomId } from '#functions/platform/ids.ts';

// Text as it is written in UTF-8: lone surrogates have no bytes of their own.
const text = fc.string({ unit: 'binary', maxLength: 12 });
const parts = fc.array(text, { maxLength: 4 });

describe('base32', () => {
  it.each([
    [new Uint8Array(16), '00000000000000000000000000'],
    [new Uint8Array(16).fill(0xff), '7zzzzzzzzzzzzzzzzzzzzzzzzz'],
    [Uint8Array.from({ length: 16 }, (_, index) => (index === 15 ? 32 : 0)), '00000000000000000000000010'],
  ])('writes %o as %s', (bytes, expected) => {
    expect(base32(bytes)).toBe(expected);
  });

  it('keeps the order of any two values', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const order = base32(a) < base32(b) ? -1 : Number(base32(a) > base32(b));
        expect(order).toBe(Math.sign(Buffer.compare(a, b)));
      }),
    );
  });

  it('looks at the first sixteen bytes only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 40 }), (bytes) => {
        expect(base32(bytes)).toBe(base32(bytes.subarray(0, 16)));
      }),
    );
  });
});

describe('a derived id', () => {
  it('is the same for the same parts, and of no two different part lists', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(derivedId('evt', ...a) === derivedId('evt', ...b)).toBe(
          JSON.stringify(a) === JSON.stringify(b),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('tells apart every way of cutting one text into two parts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), (whole) => {
        const cuts = Array.from({ length: whole.length + 1 }, (_, at) => at);
        const ids = cuts.map((at) => derivedId('evt', whole.slice(0, at), whole.slice(at)));
        expect(new Set([...ids, derivedId('evt', whole)]).size).toBe(cuts.length + 1);
      }),
    );
  });

  it('fits the shape of an id whatever the parts', () => {
    fc.assert(fc.property(parts, (some) => /^evt_[0-9a-hjkmnp-tv-z]{26}$/.test(derivedId('evt', ...some))));
  });
});

describe('a random id', () => {
  it('carries its prefix and 26 characters of Crockford’s alphabet', () => {
    expect(randomId('con')).toMatch(/^con_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
  });

  it('is never given twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => randomId('con'))).size).toBe(1000);
  });
});
