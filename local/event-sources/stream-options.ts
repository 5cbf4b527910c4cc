import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Clock } from '../clock.ts';
import type { InvokeResult } from '../lambda/invoke-result.ts';
import type { OnFailureRecord } from './on-failure.ts';
import type { WireItem } from './stream-records.ts';

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
  /** How long the stream keeps a record; without it for ever, so that a machine that was off keeps its events. */
  readonly retentionMs?: number;
  /** Whether the deletion of the item with these keys was an expiry; asked once for each deletion, in order. */
  readonly isExpiry?: (keys: WireItem) => boolean;
  /** Pause after an empty read, in real time. */
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
  /** Records that the stream no longer had when their turn came. */
  trimmed: number;
  /** Records that AWS would not have written or that no filter wants. */
  dropped: number;
  retries: number;
}
