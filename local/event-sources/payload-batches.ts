const PAYLOAD_BYTES_MAX = 6 * 1024 * 1024;
const ENVELOPE_BYTES = Buffer.byteLength('{"Records":[]}');

/** What a record takes of an invocation's payload, in bytes. */
export const recordBytes = (record: unknown): number => Buffer.byteLength(JSON.stringify(record)) + 1;

/** Whether records of this many bytes in total fill an invocation. */
export const fillsPayload = (bytes: number): boolean => bytes + ENVELOPE_BYTES >= PAYLOAD_BYTES_MAX;

/** Splits records, in order, into batches of at most `countMax` records and 6 MB; a record larger than that stands alone. */
export const payloadBatches = <R>(records: readonly R[], countMax: number): R[][] => {
  const batches: R[][] = [];
  let batch: R[] = [];
  let bytes = 0;
  for (const record of records) {
    const added = recordBytes(record);
    if (batch.length > 0 && (batch.length >= countMax || fillsPayload(bytes + added))) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += added;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
};
