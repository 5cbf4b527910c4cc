import { batchEntries, eachEntry } from './batch.ts';
import { attributesMd5, messageBytes } from './digest.ts';
import { SqsError } from './errors.ts';
import { type Input, optionalNumber, optionalRecord, optionalText, recordOf, text } from './fields.ts';
import type { MessageAttribute, SendInput } from './message.ts';
import { MESSAGE_BYTES_MAX } from './message-rules.ts';
import type { Operation } from './operation.ts';
import type { QueueEngine } from './queue.ts';

const attributeOf = (value: unknown, name: string): MessageAttribute => {
  const attribute = recordOf(value, name);
  const StringValue = optionalText(attribute, 'StringValue');
  const BinaryValue = optionalText(attribute, 'BinaryValue');
  return {
    DataType: optionalText(attribute, 'DataType') ?? '',
    ...(StringValue === undefined ? {} : { StringValue }),
    ...(BinaryValue === undefined ? {} : { BinaryValue }),
  };
};

const attributesOf = (input: Input, name: string): Record<string, MessageAttribute> =>
  Object.fromEntries(
    Object.entries(optionalRecord(input, name)).map(([key, value]) => [key, attributeOf(value, key)]),
  );

const withoutUndefined = <T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

const sendInput = (input: Input): SendInput =>
  withoutUndefined({
    body: text(input, 'MessageBody'),
    attributes: attributesOf(input, 'MessageAttributes'),
    delaySeconds: optionalNumber(input, 'DelaySeconds'),
    groupId: optionalText(input, 'MessageGroupId'),
    traceHeader: attributesOf(input, 'MessageSystemAttributes')['AWSTraceHeader']?.StringValue,
  });

const sendOne = (queue: QueueEngine, input: Input): Input => {
  const system = attributesOf(input, 'MessageSystemAttributes');
  const { content } = queue.send(sendInput(input));
  return withoutUndefined({
    MessageId: content.id,
    MD5OfMessageBody: content.bodyMd5,
    MD5OfMessageAttributes: attributesMd5(content.attributes),
    MD5OfMessageSystemAttributes: attributesMd5(system),
  });
};

const inputBytes = (input: Input): number =>
  messageBytes({
    body: optionalText(input, 'MessageBody') ?? '',
    attributes: attributesOf(input, 'MessageAttributes'),
  });

const sendMessage: Operation = ({ directory }, input) => {
  const reply = sendOne(directory.byUrl(text(input, 'QueueUrl')), input);
  return { reply, bytes: inputBytes(input) };
};

const sendMessageBatch: Operation = ({ directory }, input) => {
  const queue = directory.byUrl(text(input, 'QueueUrl'));
  const entries = batchEntries(input);
  const bytes = entries.reduce((total, entry) => total + inputBytes(entry), 0);
  if (bytes > MESSAGE_BYTES_MAX)
    throw new SqsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${MESSAGE_BYTES_MAX} bytes. You have sent ${bytes} bytes.`,
    );
  return { reply: eachEntry(entries, (entry) => sendOne(queue, entry)), bytes };
};

/** The actions that put messages in. */
export const sendOperations = { SendMessage: sendMessage, SendMessageBatch: sendMessageBatch };
