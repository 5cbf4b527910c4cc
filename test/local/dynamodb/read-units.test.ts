import {
  type AttributeValue,
  BatchGetItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Counted,
  countedTables,
  EVENTS,
  type TemporaryEngine,
  temporaryEngine,
} from './engine-setup.ts';

const TableName = 'events';
const SCANNED = { ...EVENTS, TableName: 'scanned' };
const key = (pk: string, sk = '1'): Record<string, AttributeValue> => ({ pk: { S: pk }, sk: { S: sk } });
const text = (bytes: number): AttributeValue => ({ S: 'x'.repeat(bytes) });

let engine: TemporaryEngine;
let tables: Counted;
beforeAll(async () => {
  engine = await temporaryEngine();
  tables = await countedTables(engine.endpoint, [EVENTS, SCANNED]);
  const ten = Array.from({ length: 10 }, (_, index) => ({
    ...key('ten', String(index)),
    g1: { S: 'g' },
    g2: { S: 'h' },
    d: text(900),
  }));
  const small = { ...key('small'), d: text(1100) };
  const items = [...ten, small, { ...key('large'), d: text(5000) }];
  for (const Item of items) await tables.client.send(new PutItemCommand({ TableName, Item }));
  for (const Item of ten) await tables.client.send(new PutItemCommand({ TableName: 'scanned', Item }));
});
afterAll(async () => {
  await tables.close();
  await engine.close();
});

const get = (pk: string, more: object = {}) =>
  tables.count((client) => client.send(new GetItemCommand({ TableName, Key: key(pk), ...more })));
const query = (more: object = {}, pk = 'ten') => {
  const condition = { KeyConditionExpression: 'pk = :v', ExpressionAttributeValues: { ':v': { S: pk } } };
  return tables.count((client) => client.send(new QueryCommand({ TableName, ...condition, ...more })));
};
const strong = { ConsistentRead: true };
const projected = { ProjectionExpression: '#p', ExpressionAttributeNames: { '#p': 'pk' } };

describe('a read of one item', () => {
  it('costs half a unit per started 4 KB, one when consistent', async () => {
    expect((await get('small')).readUnits).toBe(0.5);
    expect((await get('small', strong)).readUnits).toBe(1);
    expect((await get('large')).readUnits).toBe(1);
    expect((await get('large', strong)).readUnits).toBe(2);
  });

  it('is billed although there is no item', async () => {
    expect((await get('absent')).readUnits).toBe(0.5);
    expect((await get('absent', { ...strong, ...projected })).readUnits).toBe(1);
  });

  it('costs the whole item, whatever is projected', async () => {
    expect((await get('large', { ...strong, ...projected })).readUnits).toBe(2);
    expect((await get('large', { ...strong, AttributesToGet: ['pk'] })).readUnits).toBe(2);
  });
});

describe('a query', () => {
  it('rounds up once over all that it read, filtered or not', async () => {
    const nothing = { FilterExpression: 'attribute_exists(nothing)' };
    expect((await query()).readUnits).toBe(1.5);
    expect((await query(strong)).readUnits).toBe(3);
    expect((await query(nothing)).readUnits).toBe(1.5);
    expect((await query(projected)).readUnits).toBe(1.5);
    expect((await query({ Select: 'COUNT' })).readUnits).toBe(1.5);
    expect((await query({ Limit: 1 })).readUnits).toBe(0.5);
    expect((await query({}, 'absent')).readUnits).toBe(0.5);
  });

  it('costs what the index holds', async () => {
    const index = (IndexName: string, name: string, S: string) => ({
      IndexName,
      KeyConditionExpression: `${name} = :v`,
      ExpressionAttributeValues: { ':v': { S } },
    });
    expect((await query(index('whole', 'g1', 'g'))).readUnits).toBe(1.5);
    expect((await query(index('keys', 'g2', 'h'))).readUnits).toBe(0.5);
  });

  it('costs as much as a scan of the same items', async () => {
    const scan = await tables.count((client) => client.send(new ScanCommand({ TableName: 'scanned' })));
    expect(scan).toMatchObject({ readUnits: 1.5, tables: ['scanned'] });
  });
});

describe('reads of several items', () => {
  it('round up for each item of a batch, absent ones included', async () => {
    const Keys = [key('large'), key('small'), key('absent')];
    const batch = (more: object) =>
      tables.count((client) =>
        client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ...more } } })),
      );
    expect((await batch({})).readUnits).toBe(1 + 0.5 + 0.5);
    expect((await batch({ ...strong, ...projected })).readUnits).toBe(2 + 1 + 1);
  });

  it('double in a transaction, whatever is projected', async () => {
    const gets = [key('large'), key('absent')].map((Key) => ({ Get: { TableName, Key, ...projected } }));
    const call = await tables.count((client) =>
      client.send(new TransactGetItemsCommand({ TransactItems: gets })),
    );
    expect(call.readUnits).toBe(2 * 2 + 2 * 1);
  });
});
