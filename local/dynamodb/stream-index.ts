import { DatabaseSync } from 'node:sqlite';

const STREAM_RECORDS_KEPT = 100_000;
const SEQUENCE = 'CAST(sequence_number AS INTEGER)';

// The engine looks up a table's last sequence number on every write, without an index for it and without ever trimming.
const INDEX = `CREATE INDEX IF NOT EXISTS crossdock_stream_sequence ON _stream_records(table_name, ${SEQUENCE})`;
const TRIM = `CREATE TRIGGER IF NOT EXISTS crossdock_stream_trim AFTER INSERT ON _stream_records
  WHEN CAST(NEW.sequence_number AS INTEGER) % 64 = 0
  BEGIN
    DELETE FROM _stream_records WHERE table_name = NEW.table_name
      AND ${SEQUENCE} < CAST(NEW.sequence_number AS INTEGER) - ${STREAM_RECORDS_KEPT};
  END`;

/**
 * Makes stream writes of a running engine take constant time and bounds its stream records. Returns whether that
 * worked: without it the engine is correct, only slower the longer it runs.
 */
export const indexStreams = (file: string): boolean => {
  try {
    const database = new DatabaseSync(file, { timeout: 5_000 });
    try {
      database.exec(INDEX);
      database.exec(TRIM);
      return true;
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
};
