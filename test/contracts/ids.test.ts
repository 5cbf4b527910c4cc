import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TenantId, Timestamp } from '../../contracts/ids.ts';

describe('a time', () => {
  it('is kept in UTC, whatever its offset', () => {
    expect(Timestamp.parse('2026-11-20T09:30:00+01:00')).toBe('2026-11-20T08:30:00.000Z');
  });

  it('of any valid instant is kept as it was, and can be sent again as it was answered', () => {
    const min = new Date('1900-01-01T00:00:00.000Z');
    const max = new Date('8999-12-31T23:59:59.999Z');
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
        const kept = Timestamp.parse(date.toISOString());
        expect(kept).toBe(date.toISOString());
        expect(Timestamp.parse(kept)).toBe(kept);
      }),
    );
  });

  it.each([
    '0000-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '2026-02-30T00:00:00Z',
    '2026-11-20',
    'now',
  ])('is refused where it is none that can be answered: %s', (text) => {
    expect(Timestamp.safeParse(text).success).toBe(false);
  });
});

describe('a tenant id', () => {
  it('is kept in lower case, so that one tenant has one set of keys', () => {
    const id = '7D444840-9DC0-11D1-B245-5FFDCE74FAD2';
    expect(TenantId.parse(id)).toBe(id.toLowerCase());
  });

  it.each(['', 'tenant', '7d444840', '7d444840-9dc0-11d1-b245-5ffdce74fad2#', '*'])('is no %j', (text) => {
    expect(TenantId.safeParse(text).success).toBe(false);
  });
});
