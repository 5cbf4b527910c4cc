import { messageBytes } from './digest.ts';
import type { Journal } from './journal.ts';
import type { MessageContent, ReceivedMessage, SendInput } from './message.ts';
import { type FullWireMessage, fullViewOf } from './message-view.ts';
import type { Depth } from './placement.ts';
import type { QueueEngine, ReceiveOptions } from './queue.ts';
import type { QueueAttributes } from './queue-attributes.ts';
import { batchBytes } from './receive-operations.ts';

/** One billable request. `bytes` are those of the messages carried; `caller` is empty when unknown or in-process. */
export interface SqsCall {
  readonly operation: string;
  readonly queue: string;
  readonly bytes: number;
  readonly caller: string;
}

/** A queue for code in the same process. Every change is durable, if it can be, once its promise resolves. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly attributes: QueueAttributes;
  /** How many receivers are in a long poll now. */
  readonly waitingReceivers: number;
  /** Receives up to `max` (1 to 10) messages; when `signal` aborts it resolves with none and takes none. */
  readonly receive: (options: ReceiveOptions) => Promise<ReceivedMessage[]>;
  /** Deletes a message; rejects with `ReceiptHandleIsInvalid` for a handle this queue never gave out. */
  readonly remove: (receiptHandle: string) => Promise<void>;
  /** Deletes many messages, ten to a request; rejects at the first handle this queue never gave out. */
  readonly removeBatch: (receiptHandles: readonly string[]) => Promise<void>;
  readonly changeVisibility: (receiptHandle: string, seconds: number) => Promise<void>;
  /** Enqueues a message; rejects with the `SqsError` of a message that the queue refuses. */
  readonly send: (input: SendInput) => Promise<{ readonly messageId: string }>;
  readonly depth: () => Depth;
  /** What every message says, whether it is visible, in flight or delayed; nothing is received and nothing billed. */
  readonly peek: () => readonly MessageContent[];
  /** The shape a ReceiveMessage reply gives a message, with all attributes. */
  readonly view: (message: ReceivedMessage) => FullWireMessage;
}

const BATCH_MAX = 10;

const receiving = (engine: QueueEngine, bill: (operation: string, bytes?: number) => void) => ({
  async receive(options: ReceiveOptions) {
    if (!(options.max >= 1 && options.max <= BATCH_MAX))
      throw new RangeError(`A receive takes 1 to ${BATCH_MAX} messages, not ${options.max}`);
    const batch = await engine.receive(options);
    bill('ReceiveMessage', batchBytes(batch));
    return batch;
  },
});

const removing = (engine: QueueEngine, journal: Journal, bill: (operation: string) => void) => ({
  async remove(receiptHandle: string) {
    engine.remove(receiptHandle);
    await journal.committed();
    bill('DeleteMessage');
  },
  async removeBatch(receiptHandles: readonly string[]) {
    for (const receiptHandle of receiptHandles) engine.remove(receiptHandle);
    await journal.committed();
    for (let done = 0; done < receiptHandles.length; done += BATCH_MAX) bill('DeleteMessageBatch');
  },
});

/** Wraps `engine` for use in this process; each call that SQS would bill is told to `onRequest`. */
export const inProcessQueue = (
  engine: QueueEngine,
  journal: Journal,
  onRequest: (call: SqsCall) => void,
): Queue => {
  const { name, arn } = engine.record;
  const bill = (operation: string, bytes = 0) => onRequest({ operation, queue: name, bytes, caller: '' });
  return {
    name,
    arn,
    get attributes() {
      return engine.record.attributes;
    },
    get waitingReceivers() {
      return engine.waitingReceivers;
    },
    ...receiving(engine, bill),
    ...removing(engine, journal, bill),
    async changeVisibility(receiptHandle, seconds) {
      engine.changeVisibility(receiptHandle, seconds);
      await journal.committed();
      bill('ChangeMessageVisibility');
    },
    async send(input) {
      const { content } = engine.send(input);
      await journal.committed();
      bill('SendMessage', messageBytes(input));
      return { messageId: content.id };
    },
    depth: () => engine.depth(),
    peek: () => engine.peek(),
    view: fullViewOf,
  };
};
