import type { Clock } from '../clock.ts';
import { fillsPayload, recordBytes } from './payload-batches.ts';
import type { StreamRecord } from './stream-records.ts';

export interface StreamBuffer {
  readonly add: (record: StreamRecord) => void;
  /** Whether it is time to deliver: a batch is full, 6 MB are reached, or the window of the first record has passed. */
  readonly isDue: () => boolean;
  readonly take: () => StreamRecord[];
}

/** Holds records back until they are worth an invocation. */
export const streamBuffer = (limits: { batchSize: number; windowMs: number }, clock: Clock): StreamBuffer => {
  let records: StreamRecord[] = [];
  let bytes = 0;
  let windowEndMs = 0;
  return {
    add(record) {
      if (records.length === 0) windowEndMs = clock.now() + limits.windowMs;
      records.push(record);
      bytes += recordBytes(record);
    },
    isDue() {
      if (records.length === 0) return false;
      return records.length >= limits.batchSize || fillsPayload(bytes) || clock.now() >= windowEndMs;
    },
    take() {
      const taken = records;
      records = [];
      bytes = 0;
      return taken;
    },
  };
};
