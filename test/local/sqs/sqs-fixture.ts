import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { type ManualClock, manualClock } from '#local/manual-clock.ts';
import type { ReceivedMessage } from '#local/sqs/message.ts';
import { type Queue, type SqsCall, type SqsServer, startSqs } from '#local/sqs/server.ts';

export const START_MS = 1_790_000_000_000;
export const REGION = 'eu-west-1';
export const ACCOUNT = '111122223333';

export interface Sqs {
  readonly server: SqsServer;
  readonly clock: ManualClock;
  readonly client: SQSClient;
  readonly calls: SqsCall[];
}

export const clientOf = (endpoint: string): SQSClient =>
  new SQSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });

/** A server on a clock that stands still, and a real client for it; both end with the test. */
export const startedSqs = async (file?: string): Promise<Sqs> => {
  const clock = manualClock(START_MS);
  const calls: SqsCall[] = [];
  const server = await startSqs({
    region: REGION,
    account: ACCOUNT,
    clock,
    ...(file === undefined ? {} : { file }),
    onRequest: (call) => calls.push(call),
  });
  const client = clientOf(server.endpoint);
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return { server, clock, client, calls };
};

/** The name of the error that `work` rejects with. */
export const failureOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

export const bodies = (batch: readonly ReceivedMessage[]): string[] =>
  batch.map(({ content }) => content.body);

/** What a short poll for ten takes now. */
export const takeNow = (queue: Queue): Promise<ReceivedMessage[]> => queue.receive({ max: 10, waitMs: 0 });

/** Resolves once `condition` holds. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};
