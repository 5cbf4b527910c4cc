import type { StreamRecord } from './stream-records.ts';

export interface ReadRecord {
  readonly engineSequenceNumber: string;
  /** Undefined when the record is not for the function. */
  readonly record: StreamRecord | undefined;
}

export interface StreamProgress {
  readonly add: (read: ReadRecord) => void;
  readonly settle: (records: readonly StreamRecord[]) => void;
  /** The engine's number of the last record before which everything is settled; undefined when that has not moved. */
  readonly advance: () => string | undefined;
}

/**
 * Keeps track of which records are settled, in the order of the stream.
 * Lanes finish in any order, and a checkpoint must never pass a record that another lane still works on.
 */
export const streamProgress = (): StreamProgress => {
  const unpassed: ReadRecord[] = [];
  const unsettled = new Set<StreamRecord>();
  return {
    add(read) {
      unpassed.push(read);
      if (read.record) unsettled.add(read.record);
    },
    settle(records) {
      for (const record of records) unsettled.delete(record);
    },
    advance() {
      const firstUnsettled = unpassed.findIndex(
        ({ record }) => record !== undefined && unsettled.has(record),
      );
      const passed = unpassed.splice(0, firstUnsettled === -1 ? unpassed.length : firstUnsettled);
      return passed.at(-1)?.engineSequenceNumber;
    },
  };
};
