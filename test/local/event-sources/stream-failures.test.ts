import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../local/clock.ts';
import type { StreamRecord } from '../../../local/event-sources/stream-records.ts';
import {
  FUNCTION_ARN,
  failure,
  numberOf,
  ok,
  STREAM_ARN,
  type StreamOptions,
  streamFixture,
} from './stream-fixture.ts';
import { until } from './until.ts';

const { engine, table, start } = streamFixture();

const HOUR_MS = 3_600_000;
const sequenceNumber = (number: number): string => String(number).padStart(21, '0');
const contains = (records: StreamRecord[], value: number) =>
  records.some((record) => numberOf(record) === value);

/** Delivers the values 0 to `count` - 1 and waits until each was settled. */
const deliver = async (count: number, options: StreamOptions) => {
  const { name, streamArn } = await table();
  for (let value = 0; value < count; value++) await engine().put(name, `k${value}`, value);
  const stream = start(streamArn, options);
  await until(() => stream.mapping.stats.succeeded + stream.mapping.stats.failed === count);
  return stream;
};

describe('a batch that fails', () => {
  it('is tried again as a whole, as often as MaximumRetryAttempts says, and is then given up', async () => {
    const stream = await deliver(3, {
      properties: { BatchSize: 2, MaximumRetryAttempts: 2 },
      answer: (records) => (contains(records, 1) ? failure() : ok()),
    });
    expect(stream.batches).toEqual([[0, 1], [0, 1], [0, 1], [2]]);
    expect(stream.mapping.stats).toMatchObject({ succeeded: 1, failed: 2, retries: 2 });
  });

  it('is tried without end when there is no limit, and the records behind it wait', async () => {
    let failures = 7;
    const stream = await deliver(3, {
      properties: { BatchSize: 2 },
      answer: () => (failures-- > 0 ? failure() : ok()),
    });
    expect(stream.batches).toEqual([...Array.from({ length: 8 }, () => [0, 1]), [2]]);
  });

  it('is bisected before it is tried again, which consumes no retry, until the bad record is alone', async () => {
    const stream = await deliver(8, {
      properties: { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 2 },
      answer: (records) => (contains(records, 5) ? failure() : ok()),
    });
    expect(stream.batches.map((batch) => batch.length)).toEqual([8, 4, 4, 2, 1, 1, 1, 1, 2]);
    expect(stream.mapping.stats).toMatchObject({ succeeded: 7, failed: 1 });
    expect(stream.failures.map((record) => record.DDBStreamBatchInfo.batchSize)).toEqual([1]);
  });

  it('because it was throttled consumes no retry', async () => {
    let refusals = 3;
    const stream = await deliver(1, {
      properties: { MaximumRetryAttempts: 0 },
      answer: () => (refusals-- > 0 ? failure('throttled') : ok()),
    });
    expect(stream.mapping.stats).toMatchObject({ succeeded: 1, failed: 0 });
  });

  it('waits between retries, twice as long each time', async () => {
    const delaysMs: number[] = [];
    const clock: Clock = {
      now: systemClock.now,
      after: (delayMs, task) => {
        delaysMs.push(delayMs);
        return systemClock.after(delayMs, task);
      },
    };
    let failures = 8;
    await deliver(1, { clock, answer: () => (failures-- > 0 ? failure() : ok()) });
    const backOffsMs = delaysMs.slice(delaysMs.indexOf(1), delaysMs.indexOf(1) + 8);
    expect(backOffsMs).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('holds up its own lane only', async () => {
    let failing = true;
    const { name, streamArn } = await table();
    for (let value = 0; value < 20; value++) await engine().put(name, `k${value}`, value);
    const stream = start(streamArn, {
      properties: { ParallelizationFactor: 4, BatchSize: 1 },
      answer: (records) => (failing && contains(records, 0) ? failure() : ok()),
    });
    await until(() => stream.mapping.stats.succeeded > 5 && stream.mapping.stats.retries > 3);
    expect(stream.mapping.stats.pending).toBeGreaterThan(0);
    failing = false;
    await until(() => stream.mapping.stats.succeeded === 20);
  });
});

describe('a function that reports item failures', () => {
  const properties = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
  const reporting = (bad: readonly number[], times: number) => {
    let left = times;
    return (records: StreamRecord[]) => {
      const failed = records.filter((record) => bad.includes(numberOf(record)));
      if (failed.length === 0 || left-- <= 0) return ok({ batchItemFailures: [] });
      return ok({
        batchItemFailures: failed.map((record) => ({ itemIdentifier: record.dynamodb.SequenceNumber })),
      });
    };
  };

  it('gets everything again from the lowest reported record on', async () => {
    const stream = await deliver(6, { properties, answer: reporting([4, 2], 1) });
    expect(stream.batches).toEqual([
      [0, 1, 2, 3, 4, 5],
      [2, 3, 4, 5],
    ]);
  });

  it('gets only the rest again when batches are bisected, and no retry is consumed by that', async () => {
    const stream = await deliver(4, {
      properties: { ...properties, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0 },
      answer: reporting([3], 9),
    });
    expect(stream.batches).toEqual([[0, 1, 2, 3], [3]]);
    expect(stream.mapping.stats).toMatchObject({ succeeded: 3, failed: 1 });
    expect(stream.failures[0]?.responseContext?.functionError).toBeNull();
  });

  it('gets the whole batch again when it names a record that is not in it', async () => {
    let answers = 0;
    const stream = await deliver(2, {
      properties,
      answer: () => ok(answers++ === 0 ? { batchItemFailures: [{ itemIdentifier: '1' }] } : null),
    });
    expect(stream.batches).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});

describe('records that are given up', () => {
  const exhausted = { MaximumRetryAttempts: 1 };

  it('are described to the destination without their contents', async () => {
    const stream = await deliver(2, { properties: exhausted, answer: () => failure() });
    const seconds = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(stream.failures).toEqual([
      {
        requestContext: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          functionArn: FUNCTION_ARN,
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/),
        DDBStreamBatchInfo: {
          shardId: expect.any(String),
          startSequenceNumber: sequenceNumber(1),
          endSequenceNumber: sequenceNumber(2),
          approximateArrivalOfFirstRecord: seconds,
          approximateArrivalOfLastRecord: seconds,
          batchSize: 2,
          streamArn: STREAM_ARN,
        },
      },
    ]);
  });

  it('reach a bucket with their contents', async () => {
    const DestinationConfig = { OnFailure: { Destination: 'arn:aws:s3:::failed' } };
    const stream = await deliver(2, {
      properties: { ...exhausted, DestinationConfig },
      answer: () => failure(),
    });
    expect(JSON.parse(stream.failures[0]?.payload ?? '').Records.map(numberOf)).toEqual([0, 1]);
  });

  it('because they are too old are never tried', async () => {
    const clock: Clock = { now: () => Date.now() + 2 * HOUR_MS, after: systemClock.after };
    const stream = await deliver(2, { clock, properties: { MaximumRecordAgeInSeconds: 3600 } });
    expect(stream.batches).toEqual([]);
    expect(stream.failures[0]?.requestContext).toMatchObject({
      condition: 'RecordAgeExceeded',
      approximateInvokeCount: 0,
    });
    expect(stream.failures[0]).not.toHaveProperty('responseContext');
  });

  it('hold the lane until the destination takes them', async () => {
    let refusals = 1;
    const taken: number[] = [];
    const stream = await deliver(2, {
      properties: { BatchSize: 1, MaximumRetryAttempts: 0 },
      answer: (records) => (contains(records, 0) ? failure() : ok()),
      onFailure: (record) => {
        if (refusals-- > 0) throw new Error('destination is down');
        taken.push(record.DDBStreamBatchInfo.batchSize);
      },
    });
    expect(taken).toEqual([1]);
    expect(stream.batches).toEqual([[0], [1]]);
    expect(stream.lines.some((line) => line.includes('destination is down'))).toBe(true);
  });
});
