import { createHash } from 'node:crypto';
import { payloadBatches } from './payload-batches.ts';
import type { StreamRecord, WireItem } from './stream-records.ts';

const laneOf = (keys: WireItem, lanes: number): number => {
  const canonical = JSON.stringify(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('md5').update(canonical).digest().readUInt32BE() % lanes;
};

/** Splits records over lanes by item key, so that one item's records stay in order; each lane is cut into batches. */
export const intoLanes = (
  records: readonly StreamRecord[],
  lanes: number,
  batchSize: number,
): StreamRecord[][][] => {
  const groups = Map.groupBy(records, (record) => (lanes === 1 ? 0 : laneOf(record.dynamodb.Keys, lanes)));
  return [...groups.values()].map((lane) => payloadBatches(lane, batchSize));
};
