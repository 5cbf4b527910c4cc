import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnFailureRecord } from '../event-sources/on-failure.ts';

/**
 * Keeps what an event source mapping gave up in a folder named like the bucket, under the key that Lambda chooses on
 * AWS: `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/…`.
 */
export const makeFailureStore =
  (dataDir: string, destinationArn: string, mapping: string) =>
  (record: OnFailureRecord): void => {
    const bucket = destinationArn.split(':').at(-1) ?? 'failures';
    const day = record.timestamp.slice(0, 'YYYY-MM-DD'.length).replaceAll('-', '/');
    const folder = join(dataDir, 's3', bucket, 'aws/lambda', mapping, record.DDBStreamBatchInfo.shardId, day);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, `${record.timestamp.replaceAll(':', '.')}-${randomUUID()}`),
      JSON.stringify(record),
    );
  };
