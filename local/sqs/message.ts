import { createHash, randomUUID } from 'node:crypto';

/** A user attribute in its wire form; `BinaryValue` is base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** What a sender gives. `delaySeconds` left out means the queue's own delay. */
export interface SendInput {
  readonly body: string;
  readonly delaySeconds?: number;
  readonly groupId?: string;
  readonly attributes?: MessageAttributes;
  readonly traceHeader?: string;
}

/** The part of a message that never changes while it lives. Times are epoch milliseconds. */
export interface MessageContent {
  readonly id: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: MessageAttributes;
  readonly groupId?: string;
  readonly traceHeader?: string;
  readonly sentAtMs: number;
}

/** How far the delivery of a message has come; saved with every change. `receipt` is that of the latest receive. */
export interface Delivery {
  receiveCount: number;
  visibleAtMs: number;
  receivedAtMs?: number | undefined;
  firstReceivedAtMs?: number | undefined;
  receipt?: string | undefined;
  deadLetterSourceArn?: string | undefined;
}

export interface Message {
  readonly content: MessageContent;
  readonly delivery: Delivery;
  /** The order in which the messages of a queue took their present places. */
  rank: number;
}

/** One receive of a message, frozen at that moment: a later receive does not change it. */
export interface ReceivedMessage {
  readonly content: MessageContent;
  readonly delivery: Readonly<Delivery>;
  readonly receiptHandle: string;
}

/** A message that has never been received, visible from `visibleAtMs`. The input must already be checked. */
export const newMessage = (input: SendInput, nowMs: number, visibleAtMs: number): Message => ({
  content: {
    id: randomUUID(),
    body: input.body,
    bodyMd5: createHash('md5').update(input.body).digest('hex'),
    attributes: input.attributes ?? {},
    ...(input.groupId === undefined ? {} : { groupId: input.groupId }),
    ...(input.traceHeader === undefined ? {} : { traceHeader: input.traceHeader }),
    sentAtMs: nowMs,
  },
  delivery: { receiveCount: 0, visibleAtMs },
  rank: 0,
});

/** The same payload as a new message: new id, sent now, never received. A move task redrives messages so. */
export const renewed = (message: Message, nowMs: number): Message => ({
  content: { ...message.content, id: randomUUID(), sentAtMs: nowMs },
  delivery: { receiveCount: 0, visibleAtMs: nowMs },
  rank: 0,
});
