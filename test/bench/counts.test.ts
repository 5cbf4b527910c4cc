import { describe, expect, it } from 'vitest';
import { allOf, countsOf, totalOf } from '../../bench/counts.ts';
import { startRecorder } from '../../bench/recording.ts';

const deployed = (name: string, memoryMb: number) => ({ name, folder: name, memoryMb, bundleBytes: 1 });
const functions = [deployed('deliver', 512), deployed('publish', 1024)];

const dynamoDb = { operation: 'PutItem', tables: ['t'], status: 200 };
const invocation = { cold: false, outcome: 'ok' } as const;

describe('what a recorder heard', () => {
  it('is counted per function', () => {
    const { observer, take } = startRecorder();
    observer.onDynamoDbCall?.({ ...dynamoDb, caller: 'deliver', writeUnits: 2, readUnits: 0 });
    observer.onDynamoDbCall?.({ ...dynamoDb, caller: 'deliver', writeUnits: 1, readUnits: 0.5 });
    observer.onDynamoDbCall?.({ ...dynamoDb, caller: 'publish', writeUnits: 1, readUnits: 0 });
    observer.onInvoke?.({ ...invocation, functionName: 'deliver', durationMs: 1500, cold: true });
    observer.onInvoke?.({ ...invocation, functionName: 'publish', durationMs: 0 });
    observer.onLog?.({ functionName: 'deliver', line: 'naïve' });
    const counts = countsOf(take(), functions);
    const expected = {
      writeUnits: 3,
      readUnits: 0.5,
      invocations: 1,
      coldStarts: 1,
      billedMs: 1500,
      gbSeconds: 0.75,
      logBytes: 7,
    };
    expect(counts.functions[0]).toEqual({ folder: 'deliver', ...expected });
    expect(counts.functions[1]).toMatchObject({ writeUnits: 1, billedMs: 1, gbSeconds: 0.001 });
    expect([totalOf(counts, 'writeUnits'), totalOf(counts, 'billedMs')]).toEqual([4, 1501]);
  });

  it('has no invocation in it that was turned away, as AWS charges nothing for it', () => {
    const { observer, take } = startRecorder();
    observer.onInvoke?.({ ...invocation, functionName: 'deliver', durationMs: 0, outcome: 'throttled' });
    expect(totalOf(countsOf(take(), functions), 'invocations')).toBe(0);
  });

  it('counts an SQS request once per started 64 KB, and empty long polls apart', () => {
    const { observer, take } = startRecorder();
    const call = (operation: string, bytes: number) =>
      observer.onSqsCall?.({ operation, queue: 'lane', caller: '', bytes });
    call('ReceiveMessage', 0);
    call('ReceiveMessage', 10);
    call('SendMessageBatch', 64 * 1024);
    call('SendMessageBatch', 64 * 1024 + 1);
    call('DeleteMessageBatch', 0);
    const counts = countsOf(take(), functions);
    const metered = { ReceiveMessage: 1, SendMessageBatch: 3, DeleteMessageBatch: 1 };
    expect(Object.fromEntries(counts.sqs)).toEqual(metered);
    expect([allOf(counts.sqs), counts.emptyReceives]).toEqual([5, 1]);
  });

  it('is taken once: the next count begins at nothing', () => {
    const { observer, take } = startRecorder();
    observer.onKmsCall?.({ operation: 'Decrypt', caller: 'deliver' });
    expect(Object.fromEntries(countsOf(take(), functions).kms)).toEqual({ Decrypt: 1 });
    expect(allOf(countsOf(take(), functions).kms)).toBe(0);
  });
});
