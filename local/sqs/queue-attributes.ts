import * as z from 'zod';
import { SqsError } from './errors.ts';
import { MESSAGE_BYTES_MAX } from './message-rules.ts';

/** Attribute name to value, both in the wire's own spelling: every value is a string. */
export type QueueAttributes = ReadonlyMap<string, string>;

const DEFAULTS: Readonly<Record<string, string>> = {
  VisibilityTimeout: '30',
  MaximumMessageSize: String(MESSAGE_BYTES_MAX),
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
};

const RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  VisibilityTimeout: [0, 43_200],
  MaximumMessageSize: [1024, MESSAGE_BYTES_MAX],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const UNRANGED = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'SqsManagedSseEnabled'];

const RedrivePolicy = z.object({
  deadLetterTargetArn: z.string().startsWith('arn:'),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000).default(10),
});
export type RedrivePolicy = z.infer<typeof RedrivePolicy>;

const RedriveAllowPolicy = z.object({
  redrivePermission: z.enum(['allowAll', 'denyAll', 'byQueue']).default('allowAll'),
  sourceQueueArns: z.array(z.string()).default([]),
});

const invalidAttribute = (name: string): SqsError =>
  new SqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);

const parsed = <T>(schema: z.ZodType<T>, name: string, text: string): T => {
  const result = z.preprocess(readJson, schema).safeParse(text);
  if (!result.success) throw invalidAttribute(name);
  return result.data;
};

const readJson = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
};

const checkAttribute = (name: string, value: string): void => {
  const range = RANGES[name];
  if (!range && !UNRANGED.includes(name))
    throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  if (range && !(/^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1]))
    throw invalidAttribute(name);
  if (value !== '' && name === 'RedrivePolicy') parsed(RedrivePolicy, name, value);
  if (value !== '' && name === 'RedriveAllowPolicy') parsed(RedriveAllowPolicy, name, value);
};

/**
 * `current` with `changes` applied; an empty policy removes it. Throws `InvalidAttributeName` or `InvalidAttributeValue`.
 * Without `current`, the changes apply to the attributes of a new queue.
 */
export const changedAttributes = (
  changes: Readonly<Record<string, string>>,
  current: QueueAttributes = new Map(Object.entries(DEFAULTS)),
): QueueAttributes => {
  const next = new Map(current);
  for (const [name, value] of Object.entries(changes)) {
    checkAttribute(name, value);
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
};

/** An attribute that always has a whole number, such as `DelaySeconds`. */
export const numberAttribute = (attributes: QueueAttributes, name: string): number =>
  Number(attributes.get(name));

/** Where a queue sends what it could not get processed, and after how many receives. */
export const redrivePolicyOf = (attributes: QueueAttributes): RedrivePolicy | undefined => {
  const text = attributes.get('RedrivePolicy');
  return text === undefined ? undefined : parsed(RedrivePolicy, 'RedrivePolicy', text);
};

/** Whether a queue with these attributes lets `sourceArn` use it as its dead-letter queue. */
export const allowsRedriveFrom = (attributes: QueueAttributes, sourceArn: string): boolean => {
  const text = attributes.get('RedriveAllowPolicy');
  if (text === undefined) return true;
  const policy = parsed(RedriveAllowPolicy, 'RedriveAllowPolicy', text);
  if (policy.redrivePermission === 'byQueue') return policy.sourceQueueArns.includes(sourceArn);
  return policy.redrivePermission === 'allowAll';
};
