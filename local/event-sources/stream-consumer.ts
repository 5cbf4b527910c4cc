import type { _Record as EngineRecord } from '@aws-sdk/client-dynamodb-streams';
import { sleep, systemClock } from '../clock.ts';
import { offsetMsOf } from '../time-offset.ts';
import { isTravelClock } from '../travel-clock.ts';
import type { Predicate } from './filter.ts';
import type { StreamMappingSettings } from './mapping-properties.ts';
import { type FailedBatch, onFailureRecord } from './on-failure.ts';
import { streamBuffer } from './stream-buffer.ts';
import { loadCheckpoint, saveCheckpoint } from './stream-checkpoint.ts';
import { deliverBatch, type StreamDelivery } from './stream-delivery.ts';
import { intoLanes } from './stream-lanes.ts';
import type { StreamMappingOptions, StreamMappingStats } from './stream-options.ts';
import { type StreamProgress, streamProgress } from './stream-progress.ts';
import { openShard, streamReader } from './stream-reader.ts';
import { type StreamRecord, toStreamRecord } from './stream-records.ts';

const PAUSE_AFTER_ERROR_MS = 200;

export interface StreamConsumer {
  readonly options: StreamMappingOptions & { readonly pollMs: number };
  readonly settings: StreamMappingSettings;
  readonly passes: Predicate;
  readonly signal: AbortSignal;
  readonly stats: StreamMappingStats;
  readonly log: (text: string) => void;
}

/** Repeats what the engine or the destination refuses; undefined when the signal aborts first. */
const untilItWorks = async <T>(
  consumer: StreamConsumer,
  attempt: () => Promise<T>,
): Promise<T | undefined> => {
  while (!consumer.signal.aborted) {
    try {
      return await attempt();
    } catch (error) {
      consumer.log(String(error));
      await sleep(consumer.options.clock, PAUSE_AFTER_ERROR_MS, consumer.signal);
    }
  }
  return undefined;
};

/** A checkpoint of another stream or shard belongs to a table that is gone. */
const resumePoint = ({ options }: StreamConsumer, shardId: string): string | undefined => {
  const saved = options.checkpointFile === undefined ? undefined : loadCheckpoint(options.checkpointFile);
  const same = saved?.streamArn === options.engineStreamArn && saved.shardId === shardId;
  return same ? saved.sequenceNumber : undefined;
};

/** Moves the checkpoint as far as everything before it is settled. */
const checkpointSaver =
  ({ options }: StreamConsumer, progress: StreamProgress, shardId: string) =>
  (): void => {
    const { checkpointFile, engineStreamArn: streamArn } = options;
    const sequenceNumber = progress.advance();
    if (sequenceNumber === undefined || checkpointFile === undefined) return;
    saveCheckpoint(checkpointFile, { streamArn, shardId, sequenceNumber });
  };

const deliveryOf = (
  consumer: StreamConsumer,
  shardId: string,
  settle: (records: readonly StreamRecord[], as: 'succeeded' | 'failed' | 'trimmed') => void,
): StreamDelivery => {
  const { options, settings, signal, stats, log } = consumer;
  const { functionArn, streamArn, clock } = options;
  const origin = { functionArn, shardId, streamArn, includePayload: settings.payloadOnFailure };
  const giveUp = async (failed: FailedBatch): Promise<void> => {
    const record = onFailureRecord(failed, origin, clock.now());
    const handedOver = await untilItWorks(consumer, async () => {
      await options.onFailure?.(record);
      return true;
    });
    if (handedOver) settle(failed.records, 'failed');
  };
  const onSucceeded = (records: readonly StreamRecord[]): void => settle(records, 'succeeded');
  const onRetry = (): void => {
    stats.retries += 1;
  };
  const onTrimmed = (records: readonly StreamRecord[]): void => settle(records, 'trimmed');
  const { invoke, backoffScale = 1, retentionMs = Number.POSITIVE_INFINITY } = options;
  const limits = { backoffScale, retentionMs };
  return { settings, invoke, clock, signal, ...limits, onSucceeded, onTrimmed, giveUp, onRetry, log };
};

const deliverInLanes = async (delivery: StreamDelivery, records: readonly StreamRecord[]): Promise<void> => {
  const lanes = intoLanes(records, delivery.settings.lanes, delivery.settings.batchSize);
  await Promise.all(
    lanes.map(async (batches) => {
      for (const batch of batches) await deliverBatch(delivery, batch);
    }),
  );
};

/** What the function gets of a record, if anything. */
const wantedRecord = (
  { options, passes }: StreamConsumer,
  engineRecord: EngineRecord,
): StreamRecord | undefined => {
  const { streamArn, region, isExpiry, clock } = options;
  const aheadMs = isTravelClock(clock) ? offsetMsOf(clock.offset) : 0;
  const record = toStreamRecord(engineRecord, { streamArn, region, isExpiry, aheadMs });
  return record && passes(record) ? record : undefined;
};

/** Reads and delivers in turns: the next read waits until every lane has finished. */
const consumeShard = async (consumer: StreamConsumer, shardId: string): Promise<void> => {
  const { options, settings, signal, stats } = consumer;
  const { client, clock, engineStreamArn: streamArn } = options;
  const { startingPosition } = settings;
  const after = resumePoint(consumer, shardId);
  const reader = streamReader({ client, streamArn, shardId, startingPosition, afterSequenceNumber: after });
  const progress = streamProgress();
  const buffer = streamBuffer(settings, clock);
  const saveProgress = checkpointSaver(consumer, progress, shardId);
  const delivery = deliveryOf(consumer, shardId, (records, as) => {
    progress.settle(records);
    stats.pending -= records.length;
    stats[as] += records.length;
    saveProgress();
  });

  const accept = (engineRecord: EngineRecord): void => {
    const record = wantedRecord(consumer, engineRecord);
    progress.add({ engineSequenceNumber: engineRecord.dynamodb?.SequenceNumber ?? '', record });
    stats.read += 1;
    stats[record ? 'pending' : 'dropped'] += 1;
    if (record) buffer.add(record);
  };

  while (!signal.aborted) {
    const engineRecords = (await untilItWorks(consumer, reader.read)) ?? [];
    engineRecords.forEach(accept);
    saveProgress();
    if (buffer.isDue()) await deliverInLanes(delivery, buffer.take());
    if (engineRecords.length > 0) continue;
    stats.emptyReads += 1;
    await sleep(systemClock, options.pollMs, signal);
  }
};

/** Works on a stream until the signal aborts. Rejects only when the checkpoint file cannot be read or written. */
export const consumeStream = async (consumer: StreamConsumer): Promise<void> => {
  const { client, engineStreamArn } = consumer.options;
  const shardId = await untilItWorks(consumer, () => openShard(client, engineStreamArn));
  if (shardId !== undefined) await consumeShard(consumer, shardId);
};
