import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { mapConcurrently } from '../concurrency.ts';

export interface Message {
  readonly body: string;
  /** Makes the queue fair between groups: one tenant's backlog does not hold up another's messages. */
  readonly groupId: string;
  readonly delaySeconds?: number;
}

/** SQS's own bound on a message's delay. */
export const DELAY_SECONDS_MAX = 900;

const BATCH_MAX = 10;
const BATCHES_AT_ONCE = 5;

/**
 * Sends in batches of ten. Answers which messages were not taken, by index: a batch can fail in parts under HTTP 200,
 * and a batch whose request failed has failed as a whole.
 */
export const makeSend =
  (sqs: SQSClient) =>
  async (queueUrl: string, messages: readonly Message[]): Promise<ReadonlySet<number>> => {
    const failed = new Set<number>();
    const starts = Array.from(
      { length: Math.ceil(messages.length / BATCH_MAX) },
      (_, batch) => batch * BATCH_MAX,
    );
    await mapConcurrently(starts, BATCHES_AT_ONCE, async (start) => {
      const batch = messages.slice(start, start + BATCH_MAX);
      const Entries = batch.map((message, offset) => ({
        Id: String(start + offset),
        MessageBody: message.body,
        MessageGroupId: message.groupId,
        ...(message.delaySeconds === undefined ? {} : { DelaySeconds: message.delaySeconds }),
      }));
      try {
        const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        for (const entry of answer.Failed ?? []) failed.add(Number(entry.Id));
      } catch {
        for (const entry of Entries) failed.add(Number(entry.Id));
      }
    });
    return failed;
  };

export type Send = ReturnType<typeof makeSend>;
