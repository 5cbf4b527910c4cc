import { type Clock, sleep } from '../clock.ts';
import type { InvokeResult } from '../lambda/invoke-result.ts';
import { compileFilters } from './filter.ts';
import { type SqsMappingSettings, sqsMappingSettings } from './mapping-properties.ts';
import { payloadBatches } from './payload-batches.ts';
import type { QueuePort } from './queue-port.ts';
import { collectBatch } from './sqs-batch.ts';
import {
  deliverMessages,
  PAUSE_AFTER_REFUSAL_MS,
  removeFiltered,
  type SqsDelivery,
  type SqsMappingStats,
} from './sqs-delivery.ts';
import { toSqsRecord } from './sqs-records.ts';

export interface SqsMappingOptions {
  readonly queue: QueuePort;
  readonly invoke: (event: unknown) => Promise<InvokeResult>;
  readonly functionTimeoutSeconds: number;
  /** Resolved properties of an AWS::Lambda::EventSourceMapping. */
  readonly properties: unknown;
  readonly region: string;
  readonly clock: Clock;
  readonly onLog?: (line: string) => void;
}

export interface SqsMapping {
  /** Kept up to date. With `pending` at 0 the mapping holds nothing; what is left, visible or not, the queue must tell. */
  readonly stats: Readonly<SqsMappingStats>;
  /** Stops polling; resolves when every message that was taken is settled. */
  readonly stop: () => Promise<void>;
}

const refuseShortVisibility = ({ queue, functionTimeoutSeconds }: SqsMappingOptions): void => {
  if (functionTimeoutSeconds <= queue.visibilityTimeoutSeconds) return;
  throw new Error(
    `InvalidParameterValueException: ${queue.arn}: Queue visibility timeout: ${queue.visibilityTimeoutSeconds} seconds ` +
      `is less than Function timeout: ${functionTimeoutSeconds} seconds`,
  );
};

const pollOnce = async (
  delivery: SqsDelivery,
  settings: SqsMappingSettings,
  region: string,
): Promise<void> => {
  const { queue, clock, signal, stats } = delivery;
  let taken = 0;
  try {
    const messages = await collectBatch(queue, settings, clock, signal, (count) => {
      taken += count;
      stats.pending += count;
    });
    const records = messages.map((message) => toSqsRecord(message, queue.arn, region));
    const wanted = await removeFiltered(delivery, records);
    for (const batch of payloadBatches(wanted, settings.batchSize)) await deliverMessages(delivery, batch);
  } finally {
    stats.pending -= taken;
  }
};

const poll = async (delivery: SqsDelivery, settings: SqsMappingSettings, region: string): Promise<void> => {
  while (!delivery.signal.aborted) {
    try {
      await pollOnce(delivery, settings, region);
    } catch (error) {
      delivery.log(String(error));
      await sleep(delivery.clock, PAUSE_AFTER_REFUSAL_MS, delivery.signal);
    }
  }
};

/**
 * Feeds a function from a queue with as many parallel pollers as `MaximumConcurrency` says (5 by default).
 * Throws when AWS would refuse the mapping, or when a property is not emulated.
 */
export const startSqsMapping = (options: SqsMappingOptions): SqsMapping => {
  const settings = sqsMappingSettings(options.properties);
  refuseShortVisibility(options);
  const stopping = new AbortController();
  const stats: SqsMappingStats = {
    pending: 0,
    batches: 0,
    succeeded: 0,
    failed: 0,
    throttled: 0,
    filtered: 0,
  };
  const delivery: SqsDelivery = {
    queue: options.queue,
    invoke: options.invoke,
    passes: compileFilters(settings.filterPatterns),
    reportsItemFailures: settings.reportsItemFailures,
    clock: options.clock,
    signal: stopping.signal,
    stats,
    log: (text) => options.onLog?.(`${options.queue.arn}: ${text}`),
  };
  const pollers = Array.from({ length: settings.enabled ? settings.pollers : 0 }, () =>
    poll(delivery, settings, options.region),
  );
  return {
    stats,
    async stop() {
      stopping.abort();
      await Promise.all(pollers);
    },
  };
};
