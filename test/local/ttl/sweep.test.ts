import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTables } from '../../../local/dynamodb/tables.ts';
import { startStreamMapping } from '../../../local/event-sources/stream-mapping.ts';
import type { StreamRecord } from '../../../local/event-sources/stream-records.ts';
import { manualClock } from '../../../local/manual-clock.ts';
import { travelClock } from '../../../local/travel-clock.ts';
import { deleteExpired } from '../../../local/ttl/delete-expired.ts';
import { makeExpiries } from '../../../local/ttl/expiries.ts';
import { expiringTables } from '../../../local/ttl/expiring-table.ts';
import { type Sweeping, startSweeping } from '../../../local/ttl/sweep.ts';
import { sdkOptions, type TemporaryEngine, temporaryEngine } from '../dynamodb/engine-setup.ts';
import { until } from '../event-sources/until.ts';

const START_SECONDS = Date.UTC(2026, 0, 1) / 1000;
const YEAR_SECONDS = 365 * 86_400;

describe('what has expired', () => {
  let engine: TemporaryEngine;
  let client: DynamoDBClient;
  let tables = 0;
  const running: { stop: () => Promise<void> }[] = [];
  beforeAll(async () => {
    engine = await temporaryEngine();
    client = new DynamoDBClient(sdkOptions(engine.endpoint));
  });
  afterAll(async () => {
    for (const each of running) await each.stop();
    client.destroy();
    await engine.close();
  });

  /** A new table with binary and text in its key, and what reads, writes and sweeps it. */
  const expiring = async () => {
    tables += 1;
    const TableName = `expiring-${tables}`;
    const properties = {
      KeySchema: [
        { AttributeName: 'expires in', KeyType: 'HASH' as const },
        { AttributeName: 'sk', KeyType: 'RANGE' as const },
      ],
      AttributeDefinitions: [
        { AttributeName: 'expires in', AttributeType: 'S' as const },
        { AttributeName: 'sk', AttributeType: 'B' as const },
      ],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' as const },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: 'true' },
    };
    const [ensured] = await ensureTables(engine.endpoint, [{ TableName, ...properties }]);
    const [table] = expiringTables([{ physicalName: TableName, properties }]);
    if (!table) throw new Error('The table does not expire');
    const keyOf = (name: string) => ({ 'expires in': { S: name }, sk: { B: Buffer.from(name) } });
    return {
      table,
      streamArn: ensured?.streamArn ?? '',
      keyOf,
      put: (name: string, ttl?: AttributeValue) =>
        client.send(new PutItemCommand({ TableName, Item: { ...keyOf(name), ...(ttl ? { ttl } : {}) } })),
      async names() {
        const { Items = [] } = await client.send(new ScanCommand({ TableName }));
        return Items.map((item) => item['expires in']?.S ?? '').sort();
      },
    };
  };
  const sweeping = (options: Partial<Parameters<typeof startSweeping>[0]>): Sweeping => {
    const clock = manualClock(START_SECONDS * 1000);
    const defaults = { endpoint: engine.endpoint, tables: [], clock, expiries: makeExpiries() };
    const started = startSweeping({ ...defaults, ...options });
    running.push(started);
    return started;
  };
  const inSeconds = (seconds: number) => ({ N: String(START_SECONDS + seconds) });

  it('is deleted, whatever the times are, and nothing else is', async () => {
    const seconds = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -9e8, max: 9e8 }));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(seconds, { maxLength: 12 }), async (times) => {
        const { table, put, names } = await expiring();
        for (const time of times) await put(String(time), inSeconds(time));
        const expired = times.filter((time) => time < 0 && time > -5 * YEAR_SECONDS);
        expect(await sweeping({ tables: [table] }).sweep()).toBe(expired.length);
        const kept = times.filter((time) => !expired.includes(time));
        expect(await names()).toEqual(kept.map(String).sort());
      }),
      { numRuns: 12 },
    );
  });

  it('is not an item without an expiry, or with one that is no number', async () => {
    const { table, put, names } = await expiring();
    await put('none');
    await put('text', { S: '1' });
    await put('null', { NULL: true });
    expect(await sweeping({ tables: [table] }).sweep()).toBe(0);
    expect(await names()).toHaveLength(3);
  });

  it('is kept when its expiry changes before it is deleted', async () => {
    const { table, put, names, keyOf } = await expiring();
    await put('prolonged', inSeconds(-1));
    const slow = new DynamoDBClient(sdkOptions(engine.endpoint));
    const prolong = new UpdateItemCommand({
      TableName: table.tableName,
      Key: keyOf('prolonged'),
      UpdateExpression: 'SET #ttl = :later',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':later': inSeconds(1000) },
    });
    slow.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'DeleteItemCommand') await client.send(prolong);
          return next(args);
        },
      { step: 'initialize' },
    );
    expect(await deleteExpired(slow, table, START_SECONDS * 1000, makeExpiries())).toBe(0);
    slow.destroy();
    expect(await names()).toEqual(['prolonged']);
  });

  it('is deleted every minute of the clock, however far the clock jumps', async () => {
    const clock = travelClock();
    const { table, put, names } = await expiring();
    const nowSeconds = Math.floor(clock.now() / 1000);
    for (const seconds of [30, 86_400]) await put(String(seconds), { N: String(nowSeconds + seconds) });
    sweeping({ tables: [table], clock });
    await clock.advance(61_000);
    while ((await names()).length > 1);
    expect(await names()).toEqual(['86400']);
    await clock.advance(31 * 86_400_000);
    while ((await names()).length > 0);
  });

  it('leaves a stream as a deletion by the service, to every reader, and a deletion by hand does not', async () => {
    const { table, put, streamArn } = await expiring();
    const expiries = makeExpiries();
    const read = () => {
      const records: StreamRecord[] = [];
      const mapping = startStreamMapping({
        client: new DynamoDBStreamsClient(sdkOptions(engine.endpoint)),
        streamArn,
        engineStreamArn: streamArn,
        invoke: async (event) => {
          records.push(...(event as { Records: StreamRecord[] }).Records);
          return { ok: true, payload: null };
        },
        functionArn: 'arn',
        properties: { StartingPosition: 'TRIM_HORIZON' },
        region: 'eu-west-1',
        clock: manualClock(0),
        isExpiry: expiries.reader(table.tableName),
      });
      running.push(mapping);
      return records;
    };
    const readers = [read(), read()];
    await put('a', inSeconds(-1));
    await sweeping({ tables: [table], expiries }).sweep();
    await put('a', inSeconds(-1));
    await sweeping({ tables: [table] }).sweep();
    await until(() => readers.every((records) => records.length === 4));
    for (const records of readers) {
      expect(records.map(({ eventName }) => eventName)).toEqual(['INSERT', 'REMOVE', 'INSERT', 'REMOVE']);
      expect(records.map(({ userIdentity }) => userIdentity?.type)).toEqual([
        undefined,
        'Service',
        undefined,
        undefined,
      ]);
    }
  });
});

it('a table expires only when its specification is enabled', () => {
  const KeySchema = [{ AttributeName: 'pk', KeyType: 'HASH' }];
  const properties = (Enabled?: unknown) => ({
    KeySchema,
    ...(Enabled === undefined ? {} : { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled } }),
  });
  const tables = [true, 'true', false, 'false', undefined].map((enabled) => ({
    physicalName: String(enabled),
    properties: properties(enabled),
  }));
  expect(expiringTables(tables)).toEqual([
    { tableName: 'true', keyNames: ['pk'], attribute: 'ttl' },
    { tableName: 'true', keyNames: ['pk'], attribute: 'ttl' },
  ]);
});
