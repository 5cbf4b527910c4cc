import { randomUUID } from 'node:crypto';
import type { InvokeResult } from '../lambda/invoke-result.ts';
import type { StreamRecord } from './stream-records.ts';

export type FailureCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** What AWS sends to the on-failure destination of a mapping on a table's stream. */
export interface OnFailureRecord {
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: FailureCondition;
    readonly approximateInvokeCount: number;
  };
  /** Absent when the records expired without an invocation. */
  readonly responseContext?: {
    readonly statusCode: 200;
    readonly executedVersion: '$LATEST';
    readonly functionError: 'Unhandled' | null;
  };
  readonly version: '1.0';
  readonly timestamp: string;
  readonly DDBStreamBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly approximateArrivalOfFirstRecord: string;
    readonly approximateArrivalOfLastRecord: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
  /** The event that could not be handled, as JSON text; only a bucket gets it. */
  readonly payload?: string;
}

export interface FailedBatch {
  readonly records: readonly [StreamRecord, ...StreamRecord[]];
  readonly condition: FailureCondition;
  readonly invokeCount: number;
  readonly result: InvokeResult | undefined;
}

export interface FailureOrigin {
  readonly functionArn: string;
  readonly shardId: string;
  readonly streamArn: string;
  readonly includePayload: boolean;
}

const arrival = (record: StreamRecord): string =>
  new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString().replace('.000Z', 'Z');

/** Describes a batch that is given up, in AWS's shape; `nowMs` is epoch milliseconds. */
export const onFailureRecord = (
  failed: FailedBatch,
  origin: FailureOrigin,
  nowMs: number,
): OnFailureRecord => {
  const { records, condition, invokeCount, result } = failed;
  const [first] = records;
  const last = records.at(-1) ?? first;
  const functionError = result?.ok ? null : 'Unhandled';
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: origin.functionArn,
      condition,
      approximateInvokeCount: invokeCount,
    },
    ...(result ? { responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError } } : {}),
    version: '1.0',
    timestamp: new Date(nowMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId: origin.shardId,
      startSequenceNumber: first.dynamodb.SequenceNumber,
      endSequenceNumber: last.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: records.length,
      streamArn: origin.streamArn,
    },
    ...(origin.includePayload ? { payload: JSON.stringify({ Records: records }) } : {}),
  };
};
