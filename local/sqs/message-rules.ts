import { messageBytes } from './digest.ts';
import { invalidValue, SqsError } from './errors.ts';
import type { MessageAttribute, MessageAttributes, SendInput } from './message.ts';

/** The ceiling of one message and of one batch, in bytes. */
export const MESSAGE_BYTES_MAX = 1_048_576;
const ATTRIBUTES_MAX = 10;

// XML's own set, which includes the astral planes. With the u flag a lone surrogate is no part of it.
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const GROUP_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)(?!.*\.\.)(?!\.)[\w.-]{1,256}(?<!\.)$/i;
const ATTRIBUTE_TYPE = /^(String|Number|Binary)(\..+)?$/;

const invalid = (message: string): SqsError => new SqsError('InvalidParameterValue', message);

const refuseForbidden = (text: string): void => {
  if (!FORBIDDEN.test(text)) return;
  const allowed = '#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF';
  throw new SqsError(
    'InvalidMessageContents',
    `Invalid characters found. Valid unicode characters are ${allowed}`,
  );
};

const checkAttribute = (name: string, attribute: MessageAttribute): void => {
  if (!ATTRIBUTE_NAME.test(name)) throw invalid(`Message (user) attribute name '${name}' is invalid.`);
  const kind = ATTRIBUTE_TYPE.exec(attribute.DataType)?.[1];
  if (!kind) throw invalid(`The type of message (user) attribute '${name}' is invalid.`);
  const value = kind === 'Binary' ? attribute.BinaryValue : attribute.StringValue;
  if (!value) throw invalid(`Message (user) attribute '${name}' must contain a non-empty value.`);
  if (kind !== 'Binary') refuseForbidden(value);
  if (kind === 'Number' && !Number.isFinite(Number(value)))
    throw invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
};

const checkAttributes = (attributes: MessageAttributes): void => {
  const entries = Object.entries(attributes);
  if (entries.length > ATTRIBUTES_MAX)
    throw invalid(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${ATTRIBUTES_MAX}].`,
    );
  for (const [name, attribute] of entries) checkAttribute(name, attribute);
};

const checkDelay = (delaySeconds: number): void => {
  if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > 900)
    throw invalidValue('DelaySeconds', delaySeconds, 'DelaySeconds must be >= 0 and <= 900.');
};

/** Throws the `SqsError` that SQS answers when `input` may not enter a queue whose messages have at most `bytesMax` bytes. */
export const checkMessage = (input: SendInput, bytesMax: number): void => {
  if (input.body === '')
    throw new SqsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  refuseForbidden(input.body);
  checkAttributes(input.attributes ?? {});
  if (messageBytes(input) > bytesMax)
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${bytesMax} bytes.`,
    );
  if (input.delaySeconds !== undefined) checkDelay(input.delaySeconds);
  if (input.groupId !== undefined && !GROUP_ID.test(input.groupId))
    throw invalidValue(
      'MessageGroupId',
      input.groupId,
      'It can have 1 to 128 letters, digits and punctuation.',
    );
};
