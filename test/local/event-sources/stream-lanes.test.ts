import { expect, it } from 'vitest';
import { intoLanes } from '../../../local/event-sources/stream-lanes.ts';
import type { StreamRecord } from '../../../local/event-sources/stream-records.ts';

const record = (Keys: object): StreamRecord => ({ dynamodb: { Keys } }) as unknown as StreamRecord;

it('records of one item share a lane in whatever order the engine names their keys', () => {
  const records = Array.from({ length: 20 }, (_, index) => {
    const [pk, sk] = [{ S: 'a' }, { N: String(index % 5) }];
    return record(index % 2 === 0 ? { pk, sk } : { sk, pk });
  });
  for (const lane of intoLanes(records, 10, 100)) {
    const others = records.filter((other) => !lane.flat().includes(other));
    const items = new Set(lane.flat().map(({ dynamodb }) => JSON.stringify(dynamodb.Keys['sk'])));
    expect(others.some(({ dynamodb }) => items.has(JSON.stringify(dynamodb.Keys['sk'])))).toBe(false);
  }
});
