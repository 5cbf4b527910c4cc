import type { _Record as EngineRecord } from '@aws-sdk/client-dynamodb-streams';
import { expect, it } from 'vitest';
import { toStreamRecord } from '../../../local/event-sources/stream-records.ts';

const source = {
  streamArn: 'arn:aws:dynamodb:eu-west-1:000000000000:table/events/stream/label',
  region: 'eu-west-1',
};
const image = { v: { N: '1' } };
const engineRecord = (overrides: Partial<EngineRecord> = {}, SequenceNumber = '7'): EngineRecord => ({
  eventName: 'REMOVE',
  dynamodb: {
    Keys: { pk: { S: 'a' } },
    SequenceNumber,
    OldImage: image,
    ApproximateCreationDateTime: new Date(1999),
  },
  ...overrides,
});

const expiry = {
  eventName: 'REMOVE',
  userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
};

it('a deletion by hand has no identity, and one by expiry is marked as the service', () => {
  expect(toStreamRecord(engineRecord(), source)).not.toHaveProperty('userIdentity');
  expect(toStreamRecord(engineRecord({ userIdentity: {} }), source)).toMatchObject(expiry);
  const unknown = 'UNKNOWN_TO_SDK_VERSION' as unknown as undefined;
  expect(toStreamRecord(engineRecord({ eventName: unknown }), source)).toMatchObject(expiry);
});

it('the time of a record is whole epoch seconds', () => {
  expect(toStreamRecord(engineRecord(), source)?.dynamodb.ApproximateCreationDateTime).toBe(1);
});

it('an id is the same for the same record and differs between records and between tables', () => {
  const id = (number: string, streamArn = source.streamArn) =>
    toStreamRecord(engineRecord({}, number), { ...source, streamArn })?.eventID;
  expect(id('7')).toBe(id('7'));
  expect(new Set([id('7'), id('8'), id('7', 'arn:other')]).size).toBe(3);
});

it('only a modification whose images are known and equal is left out', () => {
  const modified = (OldImage: object | undefined, NewImage: object | undefined) =>
    toStreamRecord(
      {
        eventName: 'MODIFY',
        dynamodb: { OldImage, NewImage, SequenceNumber: '1' } as EngineRecord['dynamodb'],
      },
      source,
    );
  expect(modified(image, { ...image })).toBeUndefined();
  expect(modified(image, { v: { N: '2' } })).toBeDefined();
  expect(modified(undefined, undefined)).toBeDefined();
  expect(toStreamRecord({ eventName: 'INSERT' }, source)).toBeUndefined();
});
