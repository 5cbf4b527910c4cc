import { createHash, type Hash } from 'node:crypto';
import type { MessageAttribute, MessageAttributes } from './message.ts';

const STRING_TRANSPORT = 1;
const BINARY_TRANSPORT = 2;

const valueBytes = (attribute: MessageAttribute): Buffer =>
  attribute.DataType.startsWith('Binary')
    ? Buffer.from(attribute.BinaryValue ?? '', 'base64')
    : Buffer.from(attribute.StringValue ?? '');

const addWithLength = (hash: Hash, bytes: Buffer): void => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  hash.update(length).update(bytes);
};

/** The digest SQS documents for attributes, taken over them in name order; nothing when there are none. */
export const attributesMd5 = (attributes: MessageAttributes): string | undefined => {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return undefined;
  const hash = createHash('md5');
  for (const [name, attribute] of entries) {
    const transport = attribute.DataType.startsWith('Binary') ? BINARY_TRANSPORT : STRING_TRANSPORT;
    addWithLength(hash, Buffer.from(name));
    addWithLength(hash, Buffer.from(attribute.DataType));
    hash.update(Buffer.from([transport]));
    addWithLength(hash, valueBytes(attribute));
  }
  return hash.digest('hex');
};

/** The size that limits and bills a message, in bytes: body plus name, type and value of each attribute. */
export const messageBytes = (message: {
  readonly body: string;
  readonly attributes?: MessageAttributes;
}): number => {
  let bytes = Buffer.byteLength(message.body);
  for (const [name, attribute] of Object.entries(message.attributes ?? {}))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueBytes(attribute).length;
  return bytes;
};
