import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../local/clock.ts';
import { travelClock } from '../../../local/travel-clock.ts';
import { failure, keyOf, ok, type StreamOptions, streamFixture } from './stream-fixture.ts';
import { until } from './until.ts';

const { engine, table, start } = streamFixture();

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A stream with one record. */
const withRecord = async (options: StreamOptions) => {
  const { name, streamArn } = await table();
  await engine().put(name, 'a', 1);
  return { name, ...start(streamArn, options) };
};

describe('the age of a record', () => {
  it('counts on the clock from when the record was read', async () => {
    const clock = travelClock();
    await clock.advance(100 * DAY_MS);
    const { records, mapping } = await withRecord({
      clock,
      properties: { MaximumRecordAgeInSeconds: 3600 },
    });
    await until(() => mapping.stats.succeeded === 1);
    const [record] = records;
    const ageMs = clock.now() - (record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000;
    expect(ageMs).toBeGreaterThanOrEqual(0);
    expect(ageMs).toBeLessThan(60_000);
  });

  it('ends the tries of a record that has passed MaximumRecordAgeInSeconds', async () => {
    const clock = travelClock();
    const properties = { MaximumRecordAgeInSeconds: 3600 };
    const retentionMs = DAY_MS;
    const options = { clock, properties, retentionMs, backoffScale: 1, answer: () => failure() };
    const { mapping, failures, batches } = await withRecord(options);
    await until(() => batches.length === 1);
    await clock.advance(HOUR_MS - 120_000);
    expect(failures).toEqual([]);
    await clock.advance(30 * HOUR_MS);
    await until(() => mapping.stats.pending === 0);
    expect(batches.length).toBeGreaterThan(50);
    expect(failures[0]?.requestContext.condition).toBe('RecordAgeExceeded');
    expect(mapping.stats).toMatchObject({ failed: 1, trimmed: 0 });
  });
});

describe('the retention of a stream', () => {
  for (const MaximumRecordAgeInSeconds of [-1, 172_800]) {
    it(`of a day takes a record away, whatever the mapping says (${MaximumRecordAgeInSeconds})`, async () => {
      const clock = travelClock();
      let failing = true;
      const { mapping, failures, records, batches, name } = await withRecord({
        clock,
        retentionMs: DAY_MS,
        backoffScale: 1,
        properties: { MaximumRecordAgeInSeconds },
        answer: () => (failing ? failure() : ok()),
      });
      await until(() => batches.length === 1);
      await clock.advance(23 * HOUR_MS);
      expect(mapping.stats).toMatchObject({ pending: 1, trimmed: 0 });
      await clock.advance(2 * HOUR_MS);
      await until(() => mapping.stats.pending === 0);
      expect(mapping.stats).toMatchObject({ trimmed: 1, failed: 0, succeeded: 0 });
      expect(failures).toEqual([]);
      failing = false;
      records.length = 0;
      await engine().put(name, 'b', 2);
      await until(() => mapping.stats.succeeded === 1);
      expect(records.map(keyOf)).toEqual(['b']);
    });
  }

  it('is without end where none is given: a machine that was off keeps its events', async () => {
    const clock: Clock = { now: () => Date.now() + 30 * DAY_MS, after: systemClock.after };
    const { mapping } = await withRecord({ clock });
    await until(() => mapping.stats.succeeded === 1);
    expect(mapping.stats.trimmed).toBe(0);
  });
});

it('a deletion that is known as an expiry is marked as one by the service, and no other record is', async () => {
  const { name, records, mapping } = await withRecord({
    isExpiry: (keys) => JSON.stringify(keys) === '{"pk":{"S":"a"}}',
  });
  await engine().put(name, 'b', 1);
  for (const pk of ['a', 'b']) {
    await engine().db.send(new DeleteItemCommand({ TableName: name, Key: { pk: { S: pk } } }));
  }
  await until(() => mapping.stats.succeeded === 4);
  const seen = records.map((record) => `${record.eventName} ${keyOf(record)}`);
  expect(seen).toEqual(['INSERT a', 'INSERT b', 'REMOVE a', 'REMOVE b']);
  const service = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  expect(records.map(({ userIdentity }) => userIdentity)).toEqual([undefined, undefined, service, undefined]);
});
