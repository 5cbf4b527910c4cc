import { afterEach, describe, expect, it } from 'vitest';
import type { WireMessage } from '../../../local/event-sources/queue-port.ts';
import { type SqsMapping, startSqsMapping } from '../../../local/event-sources/sqs-mapping.ts';
import type { SqsRecord } from '../../../local/event-sources/sqs-records.ts';
import type { InvokeResult } from '../../../local/lambda/invoke-result.ts';
import { type ManualClock, manualClock } from '../../../local/manual-clock.ts';
import { type FakeQueue, fakeQueue } from './fake-queue.ts';
import { until } from './until.ts';

const START_MS = Date.UTC(2026, 0, 1);

type Answer = InvokeResult | Promise<InvokeResult>;
const ok = (payload: unknown = null): InvokeResult => ({ ok: true, payload });
const refusal = (reason: 'error' | 'throttled'): InvokeResult => ({
  ok: false,
  reason,
  error: { errorType: 'Error', errorMessage: 'no' },
});

let running: SqsMapping[] = [];
afterEach(async () => {
  for (const mapping of running) await mapping.stop();
  running = [];
});

interface Started {
  readonly mapping: SqsMapping;
  readonly queue: FakeQueue;
  readonly clock: ManualClock;
  readonly events: SqsRecord[][];
  readonly lines: string[];
}

const start = (
  properties: Record<string, unknown>,
  bodies: readonly string[],
  answer: (records: SqsRecord[]) => Answer = () => ok(),
): Started => {
  const clock = manualClock(START_MS);
  const queue = fakeQueue(clock);
  const events: SqsRecord[][] = [];
  const lines: string[] = [];
  for (const Body of bodies) queue.send({ Body });
  const mapping = startSqsMapping({
    queue,
    invoke: async (event) => {
      const { Records } = event as { Records: SqsRecord[] };
      events.push(Records);
      return answer(Records);
    },
    functionTimeoutSeconds: 30,
    properties,
    region: 'eu-west-1',
    clock,
    onLog: (line) => lines.push(line),
  });
  running.push(mapping);
  return { mapping, queue, clock, events, lines };
};

const idle = ({ mapping, queue }: Started) => mapping.stats.pending === 0 && queue.visibleCount() === 0;
const bodiesOf = (records: SqsRecord[]) => records.map((record) => record.body);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('a batch', () => {
  it('has at most BatchSize messages, and what succeeds is deleted', async () => {
    const started = start({ BatchSize: 4 }, numbered(10));
    await until(() => idle(started));
    expect(started.events.map((event) => event.length)).toEqual([4, 4, 2]);
    expect(started.queue.bodies()).toEqual([]);
    expect(started.mapping.stats).toMatchObject({ batches: 3, succeeded: 10, failed: 0 });
  });

  it('waits for the window, and goes out before its end only when it is full', async () => {
    const properties = {
      BatchSize: 25,
      MaximumBatchingWindowInSeconds: 5,
      ScalingConfig: { MaximumConcurrency: 2 },
    };
    const started = start(properties, []);
    const { queue, clock, events, mapping } = started;
    for (const Body of numbered(3)) queue.send({ Body });
    await until(() => mapping.stats.pending === 3);
    await clock.advance(4_999);
    queue.send({ Body: 'late' });
    await until(() => mapping.stats.pending === 4);
    expect(events).toEqual([]);
    await clock.advance(5_000);
    await until(() => idle(started));
    expect(events.flat()).toHaveLength(4);
    for (const Body of numbered(50)) queue.send({ Body });
    await until(() => idle(started));
    expect(events.slice(-2).map((event) => event.length)).toEqual([25, 25]);
  });

  it('is cut where its payload would pass 6 MB', async () => {
    const started = start(
      {},
      Array.from({ length: 10 }, () => 'x'.repeat(1024 * 1024)),
    );
    await until(() => idle(started));
    expect(started.events.map((event) => event.length)).toEqual([5, 5]);
  });

  it('is never delivered by more pollers at once than MaximumConcurrency, five when it is not set', async () => {
    for (const [properties, expected] of [
      [{ ScalingConfig: { MaximumConcurrency: 2 } }, 2],
      [{}, 5],
    ] as const) {
      const releases: (() => void)[] = [];
      const answer = () => new Promise<InvokeResult>((resolve) => releases.push(() => resolve(ok())));
      const started = start({ BatchSize: 1, ...properties }, numbered(7), answer);
      await until(() => releases.length === expected);
      expect(started.queue.visibleCount()).toBe(7 - expected);
      while (!idle(started)) {
        for (const release of releases.splice(0)) release();
        await until(() => releases.length > 0 || idle(started));
        expect(releases.length).toBeLessThanOrEqual(expected);
      }
    }
  });
});

it('a record carries what Lambda delivers, with message attributes in lower case', async () => {
  const started = start({}, []);
  const { queue, events } = started;
  const message: WireMessage = {
    MessageId: 'id',
    ReceiptHandle: 'handle',
    Body: 'hello',
    Attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'tenant' },
    MessageAttributes: {
      text: { DataType: 'String', StringValue: 'v' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
    },
    MD5OfBody: 'm1',
    MD5OfMessageAttributes: 'm2',
  };
  queue.send(message);
  await until(() => events.length === 1);
  const lists = { stringListValues: [], binaryListValues: [] };
  expect(events[0]).toEqual([
    {
      messageId: 'id',
      receiptHandle: 'handle',
      body: 'hello',
      attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'tenant' },
      messageAttributes: {
        text: { dataType: 'String', stringValue: 'v', ...lists },
        bytes: { dataType: 'Binary', binaryValue: 'AQI=', ...lists },
      },
      md5OfBody: 'm1',
      md5OfMessageAttributes: 'm2',
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: 'eu-west-1',
    },
  ]);
});

describe('a failure', () => {
  it('leaves the whole batch invisible until the visibility timeout ends', async () => {
    let failures = 1;
    const started = start({}, numbered(3), () => (failures-- > 0 ? refusal('error') : ok()));
    const { queue, clock, events, mapping, lines } = started;
    await until(() => idle(started) && events.length === 1);
    expect(mapping.stats).toMatchObject({ failed: 3, succeeded: 0 });
    expect(lines[0]).toContain('Error: no');
    await clock.advance(29_999);
    expect([queue.bodies().length, queue.visibleCount()]).toEqual([3, 0]);
    await clock.advance(1);
    await until(() => queue.bodies().length === 0);
    expect(mapping.stats).toMatchObject({ failed: 3, succeeded: 3 });
  });

  it('by throttling leaves the batch alone and makes the poller pause, so that waiting messages keep their receives', async () => {
    const started = start({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } }, numbered(9), () =>
      refusal('throttled'),
    );
    const { queue, clock, mapping } = started;
    await until(() => mapping.stats.throttled === 2);
    expect(queue.visibleCount()).toBe(7);
    await clock.advance(1_000);
    await until(() => mapping.stats.throttled === 4);
    expect([queue.bodies().length, queue.receiveCount('m0')]).toEqual([9, 1]);
  });

  it('of single messages keeps only those, when the function reports them', async () => {
    const started = start(
      { FunctionResponseTypes: ['ReportBatchItemFailures'] },
      ['good', 'bad', 'fine'],
      (records) => {
        const bad = records.filter((record) => record.body === 'bad');
        return ok({ batchItemFailures: bad.map((record) => ({ itemIdentifier: record.messageId })) });
      },
    );
    await until(() => idle(started));
    expect(started.queue.bodies()).toEqual(['bad']);
    expect(started.mapping.stats).toMatchObject({ succeeded: 2, failed: 1 });
  });

  it('report that names an unknown message keeps the whole batch, and counts for nothing when reports are not enabled', async () => {
    const answer = () => ok({ batchItemFailures: [{ itemIdentifier: 'unknown' }] });
    const reporting = start({ FunctionResponseTypes: ['ReportBatchItemFailures'] }, numbered(3), answer);
    const plain = start({}, numbered(3), answer);
    await until(() => idle(reporting) && idle(plain));
    expect([reporting.queue.bodies().length, plain.queue.bodies().length]).toEqual([3, 0]);
  });

  it('of the invocation itself is logged and does not end the polling', async () => {
    let broken = true;
    const started = start({}, ['one'], () => {
      if (!broken) return ok();
      broken = false;
      throw new Error('out of order');
    });
    await until(() => started.lines.length === 1);
    expect(started.lines[0]).toContain('out of order');
    await started.clock.advance(30_000);
    await until(() => started.queue.bodies().length === 0);
  });
});

it('messages that no filter wants are deleted without an invocation', async () => {
  const properties = { FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["a"]}}' }] } };
  const started = start(properties, ['{"kind":"a"}', '{"kind":"b"}', 'no json']);
  await until(() => idle(started));
  expect(started.events.flatMap(bodiesOf)).toEqual(['{"kind":"a"}']);
  expect(started.queue.bodies()).toEqual([]);
  expect(started.mapping.stats.filtered).toBe(2);
});

it('stopping finishes the batch in flight and takes no further message', async () => {
  let release: (() => void) | undefined;
  const answer = () => new Promise<InvokeResult>((resolve) => (release = () => resolve(ok())));
  const { mapping, queue } = start({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } }, [], answer);
  queue.send({ Body: 'in flight' });
  await until(() => release !== undefined);
  const stopped = mapping.stop();
  queue.send({ Body: 'next' });
  release?.();
  await stopped;
  expect(queue.bodies()).toEqual(['next']);
  expect(mapping.stats.pending).toBe(0);
});

it('a disabled mapping takes nothing', async () => {
  const { mapping, queue } = start({ Enabled: false }, ['kept']);
  await mapping.stop();
  expect(queue.receiveCount('kept')).toBe(0);
});

it('what AWS refuses, and what is not emulated, is refused at the start', () => {
  const clock = manualClock(START_MS);
  const startWith = (properties: unknown, functionTimeoutSeconds = 30) =>
    startSqsMapping({
      queue: fakeQueue(clock, 30),
      invoke: async () => ok(),
      functionTimeoutSeconds,
      properties,
      region: 'eu-west-1',
      clock,
    });
  expect(() => startWith({}, 31)).toThrow(/InvalidParameterValueException.*visibility timeout: 30 seconds/);
  expect(() => startWith({ BatchSize: 11 })).toThrow(/MaximumBatchingWindowInSeconds/);
  expect(() => startWith({ ScalingConfig: { MaximumConcurrency: 1 } })).toThrow(/MaximumConcurrency/);
  expect(() => startWith({ ProvisionedPollerConfig: { MinimumPollers: 2 } })).toThrow(
    /ProvisionedPollerConfig/,
  );
  expect(() => startWith({ FilterCriteria: { Filters: [{ Pattern: '{"body":"x"}' }] } })).toThrow(/Filter/);
});
