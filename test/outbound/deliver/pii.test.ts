import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piiFields } from '#contracts/pii.ts';
import { withoutPii } from '#functions/outbound/deliver/pii.ts';
import { envelopeOf } from '../../harness/outbound.ts';

const envelope = envelopeOf('7d444840-9dc0-11d1-b245-5ffdce74fad2', 'key');
const withData = (data: Record<string, unknown>) => ({ ...envelope, data: { ...envelope.data, ...data } });

describe('an envelope that leaves', () => {
  it('has no personal field that the allowlist does not name, and keeps all else as it is', () => {
    const all = Object.fromEntries(piiFields.map((field) => [field, 'someone@example.com']));
    fc.assert(
      fc.property(fc.subarray([...piiFields]), fc.subarray([...piiFields]), (present, allowed) => {
        const of = (fields: readonly string[]) =>
          Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name)));
        const left = of(present.filter((field) => allowed.includes(field)));
        expect(withoutPii(withData(of(present)), allowed)).toEqual(withData(left));
      }),
    );
  });

  it('is not changed in place', () => {
    const personal = withData({ work_email: 'someone@example.com' });
    withoutPii(personal, []);
    expect(personal.data).toHaveProperty('work_email');
  });
});
