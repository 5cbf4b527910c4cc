import { attributesMd5 } from './digest.ts';
import type { MessageAttribute, MessageAttributes, ReceivedMessage } from './message.ts';

/** A received message as ReceiveMessage replies it. */
export interface WireMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly MD5OfBody: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: MessageAttributes;
  readonly MD5OfMessageAttributes?: string;
}

/** A received message with every attribute, as Lambda's poller asks for it. */
export type FullWireMessage = WireMessage & Required<Pick<WireMessage, 'Attributes' | 'MessageAttributes'>>;

/** Which attributes a receiver asked for. SQS returns no others, and a missing name is a common bug. */
interface Selection {
  readonly system: readonly string[];
  readonly named: readonly string[];
}

const SENDER_ID = 'AIDAEMBEDDEDCLOUD';

const systemAttributes = ({ content, delivery }: ReceivedMessage): Record<string, string | undefined> => ({
  SenderId: SENDER_ID,
  SentTimestamp: String(content.sentAtMs),
  ApproximateReceiveCount: String(delivery.receiveCount),
  ApproximateFirstReceiveTimestamp: delivery.firstReceivedAtMs?.toString(),
  MessageGroupId: content.groupId,
  AWSTraceHeader: content.traceHeader,
  DeadLetterQueueSourceArn: delivery.deadLetterSourceArn,
});

const selectSystem = (message: ReceivedMessage, names: readonly string[]): Record<string, string> => {
  const selected: Record<string, string> = {};
  for (const [name, value] of Object.entries(systemAttributes(message)))
    if (value !== undefined && (names.includes('All') || names.includes(name))) selected[name] = value;
  return selected;
};

const asksFor = (pattern: string, name: string): boolean =>
  pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2)));

const selectNamed = (message: ReceivedMessage, names: readonly string[]): Record<string, MessageAttribute> =>
  Object.fromEntries(
    Object.entries(message.content.attributes).filter(([name]) =>
      names.some((pattern) => asksFor(pattern, name)),
    ),
  );

const isEmpty = (record: object): boolean => Object.keys(record).length === 0;

const identity = (message: ReceivedMessage) => ({
  MessageId: message.content.id,
  ReceiptHandle: message.receiptHandle,
  MD5OfBody: message.content.bodyMd5,
  Body: message.content.body,
});

const digestOf = (attributes: MessageAttributes): Pick<WireMessage, 'MD5OfMessageAttributes'> => {
  const digest = attributesMd5(attributes);
  return digest === undefined ? {} : { MD5OfMessageAttributes: digest };
};

/** The wire shape with the attributes asked for; a group of attributes that comes out empty is left out, as SQS does. */
export const viewOf = (message: ReceivedMessage, selection: Selection): WireMessage => {
  const system = selectSystem(message, selection.system);
  const named = selectNamed(message, selection.named);
  return {
    ...identity(message),
    ...(isEmpty(system) ? {} : { Attributes: system }),
    ...(isEmpty(named) ? {} : { MessageAttributes: named, ...digestOf(named) }),
  };
};

/** The wire shape with all attributes; both groups are there even when empty. */
export const fullViewOf = (message: ReceivedMessage): FullWireMessage => ({
  ...identity(message),
  Attributes: selectSystem(message, ['All']),
  MessageAttributes: message.content.attributes,
  ...digestOf(message.content.attributes),
});
