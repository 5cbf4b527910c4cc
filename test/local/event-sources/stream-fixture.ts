import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Clock, systemClock } from '../../../local/clock.ts';
import type { OnFailureRecord } from '../../../local/event-sources/on-failure.ts';
import { type StreamMapping, startStreamMapping } from '../../../local/event-sources/stream-mapping.ts';
import type { StreamRecord, WireItem } from '../../../local/event-sources/stream-records.ts';
import type { InvokeResult } from '../../../local/lambda/invoke-result.ts';
import { type StreamEngine, startStreamEngine } from './stream-engine.ts';

export const STREAM_ARN = 'arn:aws:dynamodb:eu-west-1:000000000000:table/events/stream/label';
export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:dispatch';

export const ok = (payload: unknown = null): InvokeResult => ({ ok: true, payload });
export const failure = (reason: 'error' | 'throttled' = 'error'): InvokeResult => ({
  ok: false,
  reason,
  error: { errorType: 'Error', errorMessage: 'no' },
});

/** The `v` that an item had after the write. */
export const numberOf = (record: StreamRecord): number =>
  Number((record.dynamodb.NewImage?.['v'] as { N?: string } | undefined)?.N);

export const keyOf = (record: StreamRecord): string => (record.dynamodb.Keys['pk'] as { S: string }).S;

export interface StreamOptions {
  readonly client?: DynamoDBStreamsClient;
  readonly properties?: Record<string, unknown>;
  readonly answer?: (records: StreamRecord[]) => InvokeResult | Promise<InvokeResult>;
  readonly clock?: Clock;
  readonly checkpointFile?: string;
  readonly retentionMs?: number;
  readonly isExpiry?: (keys: WireItem) => boolean;
  /** 0.001 unless said otherwise. */
  readonly backoffScale?: number;
  readonly onFailure?: (record: OnFailureRecord) => void | Promise<void>;
}

export interface StartedStream {
  readonly mapping: StreamMapping;
  /** The values of each invocation, in order. */
  readonly batches: number[][];
  readonly records: StreamRecord[];
  readonly failures: OnFailureRecord[];
  readonly lines: string[];
}

/** One engine for a test file; mappings are stopped after each test. */
export const streamFixture = () => {
  let engine: StreamEngine | undefined;
  let tables = 0;
  let running: StreamMapping[] = [];
  beforeAll(async () => {
    engine = await startStreamEngine();
  });
  afterEach(async () => {
    for (const mapping of running.splice(0)) await mapping.stop();
    running = [];
  });
  afterAll(() => engine?.stop());

  const started = (): StreamEngine => {
    if (!engine) throw new Error('The engine has not started');
    return engine;
  };

  return {
    engine: started,
    async table(): Promise<{ name: string; streamArn: string }> {
      tables += 1;
      const name = `table-${tables}`;
      return { name, streamArn: await started().createTable(name) };
    },
    start(engineStreamArn: string, options: StreamOptions): StartedStream {
      const batches: number[][] = [];
      const records: StreamRecord[] = [];
      const failures: OnFailureRecord[] = [];
      const lines: string[] = [];
      const mapping = startStreamMapping({
        client: options.client ?? started().streamsClient(),
        streamArn: STREAM_ARN,
        engineStreamArn,
        functionArn: FUNCTION_ARN,
        invoke: async (event) => {
          const { Records } = event as { Records: StreamRecord[] };
          batches.push(Records.map(numberOf));
          records.push(...Records);
          return options.answer?.(Records) ?? ok();
        },
        properties: { StartingPosition: 'TRIM_HORIZON', ...options.properties },
        region: 'eu-west-1',
        clock: options.clock ?? systemClock,
        checkpointFile: options.checkpointFile,
        retentionMs: options.retentionMs,
        isExpiry: options.isExpiry,
        onFailure: options.onFailure ?? ((record) => void failures.push(record)),
        pollMs: 2,
        backoffScale: options.backoffScale ?? 0.001,
        onLog: (line) => lines.push(line),
      });
      running.push(mapping);
      return { mapping, batches, records, failures, lines };
    },
  };
};
