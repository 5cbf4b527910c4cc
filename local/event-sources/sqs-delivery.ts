import { type Clock, sleep } from '../clock.ts';
import type { InvokeResult } from '../lambda/invoke-result.ts';
import { failedItems } from './batch-response.ts';
import type { Predicate } from './filter.ts';
import type { QueuePort } from './queue-port.ts';
import { filterView, type SqsRecord } from './sqs-records.ts';

/** Polling on at full speed would spend one receive of every waiting message on a function that is not to be had. */
export const PAUSE_AFTER_REFUSAL_MS = 1000;

export interface SqsMappingStats {
  /** Messages taken from the queue and not settled yet, whether they wait for the window or are being handled. */
  pending: number;
  batches: number;
  succeeded: number;
  failed: number;
  throttled: number;
  /** Messages deleted because no filter matched. */
  filtered: number;
}

export interface SqsDelivery {
  readonly queue: QueuePort;
  readonly invoke: (event: unknown) => Promise<InvokeResult>;
  readonly passes: Predicate;
  readonly reportsItemFailures: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly stats: SqsMappingStats;
  readonly log: (text: string) => void;
}

const remove = async (queue: QueuePort, records: readonly SqsRecord[]): Promise<void> => {
  if (records.length > 0) await queue.removeBatch(records.map((record) => record.receiptHandle));
};

/** Deletes what no filter wants, as AWS does, and returns the rest. */
export const removeFiltered = async (delivery: SqsDelivery, records: SqsRecord[]): Promise<SqsRecord[]> => {
  const { wanted = [], unwanted = [] } = Object.groupBy(records, (record) =>
    delivery.passes(filterView(record)) ? 'wanted' : 'unwanted',
  );
  await remove(delivery.queue, unwanted);
  delivery.stats.filtered += unwanted.length;
  return wanted;
};

const isFailed = (delivery: SqsDelivery, payload: unknown, records: readonly SqsRecord[]): Predicate => {
  if (!delivery.reportsItemFailures) return () => false;
  const failed = failedItems(payload, new Set(records.map((record) => record.messageId)));
  return (messageId) => failed === 'all' || failed.has(String(messageId));
};

/**
 * Invokes the function with one batch and deletes what succeeded.
 * What failed is left alone: it reappears when its visibility timeout ends, and nothing brings it back sooner.
 */
export const deliverMessages = async (
  delivery: SqsDelivery,
  records: readonly SqsRecord[],
): Promise<void> => {
  const { stats } = delivery;
  stats.batches += 1;
  const result = await delivery.invoke({ Records: records });
  if (!result.ok) {
    const refused = result.reason === 'throttled';
    stats[refused ? 'throttled' : 'failed'] += records.length;
    delivery.log(`${result.error.errorType}: ${result.error.errorMessage}`);
    if (refused) await sleep(delivery.clock, PAUSE_AFTER_REFUSAL_MS, delivery.signal);
    return;
  }
  const failed = isFailed(delivery, result.payload, records);
  const done = records.filter((record) => !failed(record.messageId));
  await remove(delivery.queue, done);
  stats.succeeded += done.length;
  stats.failed += records.length - done.length;
};
