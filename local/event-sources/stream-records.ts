import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { _Record as EngineRecord } from '@aws-sdk/client-dynamodb-streams';

// AWS numbers are long enough to be compared as text; the engine counts from 1.
const SEQUENCE_NUMBER_DIGITS = 21;

/** DynamoDB's typed JSON as a function gets it: binary values are base64 text. */
export type WireItem = Readonly<Record<string, unknown>>;

export interface StreamImage {
  readonly ApproximateCreationDateTime: number;
  readonly Keys: WireItem;
  readonly NewImage?: WireItem;
  readonly OldImage?: WireItem;
  readonly SequenceNumber: string;
  readonly SizeBytes: number;
  readonly StreamViewType: string;
}

/** One entry of `Records` in the event that a function gets from a table's stream. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: StreamImage;
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' };
  readonly eventSourceARN: string;
}

export interface StreamSource {
  /** The ARN that the template knows; the engine has its own. */
  readonly streamArn: string;
  readonly region: string;
  /** By how many milliseconds the clock is ahead of the engine, which knows real time only. */
  readonly aheadMs?: number;
  /** Whether the deletion of the item with these keys was an expiry; asked once for each deletion, in order. */
  readonly isExpiry?: ((keys: WireItem) => boolean) | undefined;
}

const toWire = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toWire(inner)]));
};

/** An item of the SDK as a function gets it. */
export const toItem = (item: unknown): WireItem => toWire(item ?? {}) as WireItem;

// AWS writes no record for a write that changes nothing; the engine does.
const changesNothing = ({ eventName, dynamodb }: EngineRecord): boolean =>
  eventName === 'MODIFY' &&
  dynamodb?.NewImage !== undefined &&
  isDeepStrictEqual(dynamodb.OldImage, dynamodb.NewImage);

// Neither engine marks an expired item as AWS does: one leaves an empty identity, the other invents an event name.
const isMarkedAsExpiry = (record: EngineRecord): boolean =>
  record.userIdentity !== undefined || (record.eventName as string | undefined) === 'UNKNOWN_TO_SDK_VERSION';

const isDeletionByExpiry = ({ eventName, dynamodb }: EngineRecord, { isExpiry }: StreamSource): boolean =>
  eventName === 'REMOVE' && (isExpiry?.(toItem(dynamodb?.Keys)) ?? false);

const toImage = (image: NonNullable<EngineRecord['dynamodb']>, aheadMs: number): StreamImage => ({
  ApproximateCreationDateTime: Math.floor(
    ((image.ApproximateCreationDateTime?.getTime() ?? 0) + aheadMs) / 1000,
  ),
  Keys: toItem(image.Keys),
  ...(image.NewImage ? { NewImage: toItem(image.NewImage) } : {}),
  ...(image.OldImage ? { OldImage: toItem(image.OldImage) } : {}),
  SequenceNumber: (image.SequenceNumber ?? '').padStart(SEQUENCE_NUMBER_DIGITS, '0'),
  SizeBytes: image.SizeBytes ?? 0,
  StreamViewType: image.StreamViewType ?? 'NEW_AND_OLD_IMAGES',
});

/** An engine's stream record as AWS would have delivered it, or undefined when AWS would have written none. */
export const toStreamRecord = (record: EngineRecord, source: StreamSource): StreamRecord | undefined => {
  if (!record.dynamodb || changesNothing(record)) return undefined;
  const expiry = isMarkedAsExpiry(record) || isDeletionByExpiry(record, source);
  const dynamodb = toImage(record.dynamodb, source.aheadMs ?? 0);
  const eventID = createHash('md5').update(`${source.streamArn}\n${dynamodb.SequenceNumber}`).digest('hex');
  return {
    eventID,
    eventName: expiry ? 'REMOVE' : (record.eventName ?? 'MODIFY'),
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: source.region,
    dynamodb,
    ...(expiry ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } } : {}),
    eventSourceARN: source.streamArn,
  };
};
