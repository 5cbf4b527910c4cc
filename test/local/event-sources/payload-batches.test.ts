import fc from 'fast-check';
import { expect, it } from 'vitest';
import { payloadBatches } from '../../../local/event-sources/payload-batches.ts';

const PAYLOAD_BYTES_MAX = 6 * 1024 * 1024;

it('any records come out in order, in batches that respect the count and 6 MB', () => {
  const record = fc.integer({ min: 0, max: 2_000_000 }).map((length) => ({ body: 'é'.repeat(length / 2) }));
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (records, countMax) => {
      const batches = payloadBatches(records, countMax);
      expect(batches.flat()).toEqual(records);
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(countMax);
        expect(Buffer.byteLength(JSON.stringify({ Records: batch }))).toBeLessThanOrEqual(PAYLOAD_BYTES_MAX);
      }
    }),
    { numRuns: 20 },
  );
});

it('a record that is too large for any invocation stands alone', () => {
  const huge = 'x'.repeat(PAYLOAD_BYTES_MAX);
  expect(payloadBatches(['a', huge, 'b'], 10)).toEqual([['a'], [huge], ['b']]);
});
