import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Clock } from '../clock.ts';
import type { InvokeResult } from '../lambda/invoke-result.ts';
import { compileFilters } from './filter.ts';
import { streamMappingSettings } from './mapping-properties.ts';
import type { OnFailureRecord } from './on-failure.ts';
import { consumeStream } from './stream-consumer.ts';

const POLL_MS_DEFAULT = 25;

export interface StreamMappingOptions {
  readonly client: DynamoDBStreamsClient;
  /** The ARN in the template, which the records carry. */
  readonly streamArn: string;
  /** The ARN by which the engine knows the same stream. */
  readonly engineStreamArn: string;
  readonly invoke: (event: unknown) => Promise<InvokeResult>;
  readonly functionArn: string;
  /** Resolved properties of an AWS::Lambda::EventSourceMapping. */
  readonly properties: unknown;
  readonly region: string;
  readonly clock: Clock;
  /** Where the position survives a restart; without it each start begins at the starting position. */
  readonly checkpointFile?: string;
  /** Takes what is given up. While it rejects, the lane waits and tries again. */
  readonly onFailure?: (record: OnFailureRecord) => void | Promise<void>;
  /** Pause after an empty read. */
  readonly pollMs?: number;
  /** Multiplies every back-off; less than 1 shortens them. */
  readonly backoffScale?: number;
  readonly onLog?: (line: string) => void;
}

export interface StreamMappingStats {
  /** Records read and not settled yet, whether they wait for the window, are being tried or back off. */
  pending: number;
  /** Reads that found nothing. With `pending` at 0, two more since a write mean that the write was dealt with. */
  emptyReads: number;
  read: number;
  succeeded: number;
  /** Records given up. */
  failed: number;
  /** Records that AWS would not have written or that no filter wants. */
  dropped: number;
  retries: number;
}

export interface StreamMapping {
  readonly stats: Readonly<StreamMappingStats>;
  /** Resolves when the invocations in flight are settled and the checkpoint is saved. */
  readonly stop: () => Promise<void>;
}

/**
 * Feeds a function from a table's stream: in order for each item, at least once, without end until stopped.
 * Throws when AWS would refuse the mapping, or when a property is not emulated.
 */
export const startStreamMapping = (options: StreamMappingOptions): StreamMapping => {
  const settings = streamMappingSettings(options.properties);
  const stopping = new AbortController();
  const stats: StreamMappingStats = {
    pending: 0,
    emptyReads: 0,
    read: 0,
    succeeded: 0,
    failed: 0,
    dropped: 0,
    retries: 0,
  };
  const consumer = {
    options: { ...options, pollMs: options.pollMs ?? POLL_MS_DEFAULT },
    settings,
    passes: compileFilters(settings.filterPatterns),
    signal: stopping.signal,
    stats,
    log: (text: string) => options.onLog?.(`${options.streamArn}: ${text}`),
  };
  const running = settings.enabled ? consumeStream(consumer) : Promise.resolve();
  return {
    stats,
    async stop() {
      stopping.abort();
      await running;
    },
  };
};
