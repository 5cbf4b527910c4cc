import { type Clock, sleep } from '../clock.ts';
import type { InvokeResult } from '../lambda/invoke-result.ts';
import { failedItems } from './batch-response.ts';
import type { StreamMappingSettings } from './mapping-properties.ts';
import type { FailedBatch } from './on-failure.ts';
import type { StreamRecord } from './stream-records.ts';

const BACKOFF_FIRST_MS = 1000;
const BACKOFF_MAX_MS = 60_000;

export interface StreamDelivery {
  readonly settings: StreamMappingSettings;
  readonly invoke: (event: unknown) => Promise<InvokeResult>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly backoffScale: number;
  /** How long the stream keeps a record. */
  readonly retentionMs: number;
  readonly onTrimmed: (records: readonly StreamRecord[]) => void;
  readonly onSucceeded: (records: readonly StreamRecord[]) => void;
  /** Hands records over to the destination; they are done with when it resolves. */
  readonly giveUp: (failed: FailedBatch) => Promise<void>;
  readonly onRetry: () => void;
  readonly log: (text: string) => void;
}

/** Records that are tried together; `attempts` counts the failures that consumed a retry. */
interface Piece {
  readonly records: readonly StreamRecord[];
  readonly attempts: number;
}

const backOff = (delivery: StreamDelivery, attempts: number): Promise<void> => {
  const delayMs = Math.min(BACKOFF_FIRST_MS * 2 ** attempts, BACKOFF_MAX_MS);
  return sleep(delivery.clock, delayMs * delivery.backoffScale, delivery.signal);
};

const giveUp = async (
  delivery: StreamDelivery,
  records: readonly StreamRecord[],
  rest: Omit<FailedBatch, 'records'>,
): Promise<void> => {
  const [first, ...others] = records;
  if (first) await delivery.giveUp({ records: [first, ...others], ...rest });
};

const byAge = (delivery: StreamDelivery, records: readonly StreamRecord[], ageMaxMs: number) => {
  const oldestMs = delivery.clock.now() - ageMaxMs;
  return Object.groupBy(records, (record) =>
    record.dynamodb.ApproximateCreationDateTime * 1000 < oldestMs ? 'expired' : 'fresh',
  );
};

/** What the stream still has. A mapping that gives records up sooner has done so before the stream forgets them. */
const dropTrimmed = (delivery: StreamDelivery, records: readonly StreamRecord[]): readonly StreamRecord[] => {
  if (delivery.settings.recordAgeMaxMs <= delivery.retentionMs) return records;
  const { expired = [], fresh = [] } = byAge(delivery, records, delivery.retentionMs);
  delivery.onTrimmed(expired);
  return fresh;
};

const giveUpExpired = async (delivery: StreamDelivery, piece: Piece): Promise<readonly StreamRecord[]> => {
  const kept = dropTrimmed(delivery, piece.records);
  const { expired = [], fresh = [] } = byAge(delivery, kept, delivery.settings.recordAgeMaxMs);
  const invokeCount = piece.attempts;
  await giveUp(delivery, expired, { condition: 'RecordAgeExceeded', invokeCount, result: undefined });
  return fresh;
};

/** How many records from the front succeeded; a reported failure is also the end of everything behind it. */
const succeededCount = (
  delivery: StreamDelivery,
  records: readonly StreamRecord[],
  result: InvokeResult,
): number => {
  if (!result.ok) return 0;
  if (!delivery.settings.reportsItemFailures) return records.length;
  const failed = failedItems(
    result.payload,
    new Set(records.map((record) => record.dynamodb.SequenceNumber)),
  );
  if (failed === 'all') return 0;
  const lowest = records.findIndex((record) => failed.has(record.dynamodb.SequenceNumber));
  return lowest === -1 ? records.length : lowest;
};

/** Without consuming a retry: the rest alone when part of the batch succeeded, else both halves in order. */
const bisect = (records: readonly StreamRecord[], attempts: number, madeProgress: boolean): Piece[] => {
  if (madeProgress) return [{ records, attempts }];
  const half = records.length >> 1;
  return [
    { records: records.slice(0, half), attempts },
    { records: records.slice(half), attempts },
  ];
};

/** Tries a piece once; resolves with the pieces that must be tried next, before anything behind them. */
const tryPiece = async (delivery: StreamDelivery, piece: Piece): Promise<Piece[]> => {
  const { attempts } = piece;
  const records = await giveUpExpired(delivery, piece);
  if (records.length === 0 || delivery.signal.aborted) return [];
  const result = await delivery.invoke({ Records: records });
  if (!result.ok) delivery.log(`${result.error.errorType}: ${result.error.errorMessage}`);
  if (!result.ok && result.reason === 'throttled') {
    await backOff(delivery, 0);
    return [{ records, attempts }];
  }
  const succeeded = succeededCount(delivery, records, result);
  delivery.onSucceeded(records.slice(0, succeeded));
  const rest = records.slice(succeeded);
  if (rest.length === 0) return [];
  if (delivery.settings.bisects && (rest.length > 1 || succeeded > 0)) {
    delivery.onRetry();
    return bisect(rest, attempts, succeeded > 0);
  }
  if (attempts >= delivery.settings.retryAttemptsMax) {
    await giveUp(delivery, rest, { condition: 'RetryAttemptsExhausted', invokeCount: attempts + 1, result });
    return [];
  }
  delivery.onRetry();
  await backOff(delivery, attempts);
  return [{ records: rest, attempts: attempts + 1 }];
};

/**
 * Delivers one batch of a lane in order, until each record has succeeded or was given up.
 * Returns early, after the invocation in flight, when the signal aborts.
 */
export const deliverBatch = async (
  delivery: StreamDelivery,
  batch: readonly StreamRecord[],
): Promise<void> => {
  let pieces: Piece[] = [{ records: batch, attempts: 0 }];
  while (!delivery.signal.aborted) {
    const [piece, ...others] = pieces;
    if (!piece) return;
    pieces = [...(await tryPiece(delivery, piece)), ...others];
  }
};
