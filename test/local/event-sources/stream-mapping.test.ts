import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../local/clock.ts';
import { startStreamMapping } from '../../../local/event-sources/stream-mapping.ts';
import type { InvokeResult } from '../../../local/lambda/invoke-result.ts';
import {
  failure,
  keyOf,
  numberOf,
  ok,
  STREAM_ARN,
  type StartedStream,
  streamFixture,
} from './stream-fixture.ts';
import { until } from './until.ts';

const { engine, table, start } = streamFixture();

/** A table into which the values 0, 1, 2, … were written, one item each unless `keys` are fewer. */
const tableOf = async (count: number, keys = count): Promise<{ name: string; streamArn: string }> => {
  const created = await table();
  for (let value = 0; value < count; value++) await engine().put(created.name, `k${value % keys}`, value);
  return created;
};

const caughtUp = async ({ mapping }: StartedStream): Promise<void> => {
  const before = mapping.stats.emptyReads;
  await until(() => mapping.stats.emptyReads > before + 1 && mapping.stats.pending === 0);
};

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('delivery', () => {
  it('follows the order of the writes, in batches of at most BatchSize', async () => {
    const { streamArn } = await tableOf(10);
    const stream = start(streamArn, { properties: { BatchSize: 4 } });
    await caughtUp(stream);
    expect(stream.batches).toEqual([range(0, 4), range(4, 8), range(8, 10)]);
    expect(stream.mapping.stats).toMatchObject({ read: 10, succeeded: 10, failed: 0, pending: 0 });
  });

  it('from LATEST leaves out what was written before', async () => {
    const { name, streamArn } = await tableOf(3);
    const stream = start(streamArn, { properties: { StartingPosition: 'LATEST' } });
    await until(() => stream.mapping.stats.emptyReads > 0);
    await engine().put(name, 'new', 99);
    await until(() => stream.batches.length > 0);
    expect(stream.batches).toEqual([[99]]);
  });

  it('keeps the order of each item in parallel lanes, and each lane works on its own', async () => {
    const { streamArn } = await tableOf(60, 6);
    let running = 0;
    let most = 0;
    const stream = start(streamArn, {
      properties: { BatchSize: 5, ParallelizationFactor: 4 },
      answer: async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running -= 1;
        return ok();
      },
    });
    await caughtUp(stream);
    expect(most).toBeGreaterThan(1);
    for (const [key, records] of Map.groupBy(stream.records, keyOf)) {
      const index = Number(key.slice(1));
      expect(records.map(numberOf)).toEqual(range(0, 10).map((round) => round * 6 + index));
    }
  });

  it('waits for the window to gather a batch', async () => {
    let nowMs = Date.now();
    const clock: Clock = { now: () => nowMs, after: systemClock.after };
    const { name, streamArn } = await tableOf(2);
    const stream = start(streamArn, { clock, properties: { MaximumBatchingWindowInSeconds: 60 } });
    await until(() => stream.mapping.stats.pending === 2);
    await engine().put(name, 'late', 2);
    await until(() => stream.mapping.stats.pending === 3);
    expect(stream.batches).toEqual([]);
    nowMs += 60_000;
    await caughtUp(stream);
    expect(stream.batches).toEqual([[0, 1, 2]]);
  });

  it('leaves out what no filter wants', async () => {
    const { streamArn } = await tableOf(4);
    const Pattern = '{"dynamodb":{"NewImage":{"v":{"N":["2"]}}}}';
    const stream = start(streamArn, { properties: { FilterCriteria: { Filters: [{ Pattern }] } } });
    await caughtUp(stream);
    expect(stream.batches).toEqual([[2]]);
    expect(stream.mapping.stats.dropped).toBe(3);
  });

  it('leaves out a write that changed nothing, as AWS writes no record for it', async () => {
    const { name, streamArn } = await tableOf(1);
    await engine().put(name, 'k0', 0);
    await engine().put(name, 'k0', 1);
    const stream = start(streamArn, {});
    await caughtUp(stream);
    expect(stream.records.map((record) => [record.eventName, numberOf(record)])).toEqual([
      ['INSERT', 0],
      ['MODIFY', 1],
    ]);
  });

  it('carries the names of the template, comparable sequence numbers and binary values as base64', async () => {
    const { name, streamArn } = await table();
    const Item = {
      pk: { S: 'a' },
      bytes: { B: new Uint8Array([1, 2]) },
      list: { L: [{ BS: [new Uint8Array([3])] }] },
    };
    await engine().db.send(new PutItemCommand({ TableName: name, Item }));
    const stream = start(streamArn, {});
    await caughtUp(stream);
    expect(stream.records).toEqual([
      {
        eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventName: 'INSERT',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-west-1',
        eventSourceARN: STREAM_ARN,
        dynamodb: {
          ApproximateCreationDateTime: expect.toSatisfy(Number.isInteger),
          Keys: { pk: { S: 'a' } },
          NewImage: { pk: { S: 'a' }, bytes: { B: 'AQI=' }, list: { L: [{ BS: ['Aw=='] }] } },
          SequenceNumber: '1'.padStart(21, '0'),
          SizeBytes: expect.any(Number),
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      },
    ]);
  });
});

describe('the checkpoint', () => {
  it('makes the next start continue behind the last record that succeeded', async () => {
    const checkpointFile = join(engine().directory, 'resume.json');
    const { name, streamArn } = await tableOf(3);
    const first = start(streamArn, { checkpointFile });
    await caughtUp(first);
    await first.mapping.stop();
    await engine().put(name, 'k3', 3);
    const second = start(streamArn, { checkpointFile });
    await caughtUp(second);
    expect([first.batches, second.batches]).toEqual([[range(0, 3)], [[3]]]);
    expect(JSON.parse(readFileSync(checkpointFile, 'utf8'))).toMatchObject({
      streamArn,
      sequenceNumber: '4',
    });
  });

  it('never passes a record that failed, so that a restart delivers it again', async () => {
    const checkpointFile = join(engine().directory, 'failed.json');
    const { streamArn } = await tableOf(6);
    const first = start(streamArn, {
      checkpointFile,
      properties: { BatchSize: 2 },
      answer: (records) => (records.some((record) => numberOf(record) === 3) ? failure() : ok()),
    });
    await until(() => first.mapping.stats.retries > 1);
    await first.mapping.stop();
    const second = start(streamArn, { checkpointFile });
    await caughtUp(second);
    expect(second.batches).toEqual([range(2, 6)]);
  });

  it('includes the batch in flight when the mapping is stopped', async () => {
    const checkpointFile = join(engine().directory, 'stopped.json');
    const { streamArn } = await tableOf(4);
    let release: (() => void) | undefined;
    const answer = () =>
      new Promise<InvokeResult>((resolve) => {
        release = () => resolve(ok());
      });
    const first = start(streamArn, { checkpointFile, properties: { BatchSize: 2 }, answer });
    await until(() => release !== undefined);
    const stopped = first.mapping.stop();
    release?.();
    await stopped;
    const second = start(streamArn, { checkpointFile });
    await caughtUp(second);
    expect([first.batches, second.batches]).toEqual([[[0, 1]], [[2, 3]]]);
  });

  it('of another table is ignored', async () => {
    const checkpointFile = join(engine().directory, 'other.json');
    const stale = start((await tableOf(3)).streamArn, { checkpointFile });
    await caughtUp(stale);
    await stale.mapping.stop();
    const stream = start((await tableOf(2)).streamArn, { checkpointFile });
    await caughtUp(stream);
    expect(stream.batches).toEqual([[0, 1]]);
  });
});

it('a stream that the engine does not know is asked for again, and stopping ends that', async () => {
  const stream = start(STREAM_ARN, {});
  await until(() => stream.lines.length > 0);
  await stream.mapping.stop();
  expect(stream.batches).toEqual([]);
});

it('reads that fail neither lose nor repeat a record', async () => {
  const { name, streamArn } = await tableOf(5);
  const client = engine().streamsClient();
  let reads = 0;
  client.middlewareStack.add((next) => async (args) => {
    reads += 1;
    if (reads % 3 === 0) throw new Error('connection reset');
    return next(args);
  });
  const stream = start(streamArn, {
    client,
    clock: { now: Date.now, after: (_, task) => systemClock.after(1, task) },
  });
  await caughtUp(stream);
  await engine().put(name, 'later', 5);
  await until(() => reads > 20);
  await caughtUp(stream);
  expect(stream.batches.flat()).toEqual(range(0, 6));
  expect(stream.lines.some((line) => line.includes('connection reset'))).toBe(true);
});

it('a disabled mapping reads nothing', async () => {
  const stream = start((await tableOf(1)).streamArn, { properties: { Enabled: false } });
  await stream.mapping.stop();
  expect(stream.mapping.stats.read).toBe(0);
});

it('what AWS refuses, and what is not emulated, is refused at the start', () => {
  const startWith = (properties: unknown) => () =>
    startStreamMapping({
      client: engine().streamsClient(),
      streamArn: STREAM_ARN,
      engineStreamArn: STREAM_ARN,
      functionArn: STREAM_ARN,
      invoke: async () => ok(),
      properties,
      region: 'eu-west-1',
      clock: systemClock,
    });
  expect(startWith({})).toThrow(/StartingPosition/);
  expect(startWith({ StartingPosition: 'LATEST', ParallelizationFactor: 11 })).toThrow(
    /ParallelizationFactor/,
  );
  expect(startWith({ StartingPosition: 'LATEST', TumblingWindowInSeconds: 5 })).toThrow(
    /TumblingWindowInSeconds/,
  );
});
