import fc from 'fast-check';
import { expect, it } from 'vitest';
import { streamProgress } from '../../../local/event-sources/stream-progress.ts';
import type { StreamRecord } from '../../../local/event-sources/stream-records.ts';

it('progress never passes an unsettled record, in whatever order records are settled, and ends at the last one', () => {
  const reads = fc.array(fc.record({ wanted: fc.boolean(), order: fc.integer() }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(reads, (plan) => {
      const progress = streamProgress();
      const entries = plan.map(({ wanted, order }, index) => ({
        index,
        order,
        record: wanted ? ({} as StreamRecord) : undefined,
      }));
      for (const { index, record } of entries) progress.add({ engineSequenceNumber: String(index), record });
      const unsettled = new Set(entries.filter(({ record }) => record).map(({ index }) => index));
      let reached = Number(progress.advance() ?? -1);
      for (const { index, record } of entries.toSorted((a, b) => a.order - b.order)) {
        if (!record) continue;
        progress.settle([record]);
        unsettled.delete(index);
        reached = Number(progress.advance() ?? reached);
        expect(reached).toBe(Math.min(plan.length, ...unsettled) - 1);
      }
      expect(reached).toBe(plan.length - 1);
    }),
  );
});
