import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { itemBytes } from '../../../local/dynamodb/item-size.ts';
import {
  type Counted,
  countedTables,
  EVENTS,
  type TemporaryEngine,
  temporaryEngine,
} from './engine-setup.ts';

let engine: TemporaryEngine;
let tables: Counted;
let row = 0;
beforeAll(async () => {
  engine = await temporaryEngine();
  tables = await countedTables(engine.endpoint, [EVENTS, { ...EVENTS, TableName: 'others' }]);
});
afterAll(async () => {
  await tables.close();
  await engine.close();
});
beforeEach(() => {
  row++;
});

type Item = Record<string, AttributeValue>;
const TableName = 'events';
const text = (bytes: number): AttributeValue => ({ S: 'x'.repeat(bytes) });
const key = (name = 'a'): Item => ({ pk: { S: `${name}-${row}` }, sk: { S: '1' } });
const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
const values = (value: AttributeValue) => ({ ExpressionAttributeValues: { ':v': value } });

const put = (item: Item, more: object = {}) =>
  tables.count((client) =>
    client.send(new PutItemCommand({ TableName, Item: { ...key(), ...item }, ...more })),
  );
const set = (attribute: string, value: AttributeValue, more: object = {}) => {
  const update = { TableName, Key: key(), UpdateExpression: `SET ${attribute} = :v`, ...values(value) };
  return tables.count((client) => client.send(new UpdateItemCommand({ ...update, ...more })));
};
const remove = (Key: Item, more: object = {}) =>
  tables.count((client) => client.send(new DeleteItemCommand({ TableName, Key, ...more })));
const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  tables.count((client) => client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken })));

describe('a write of one item', () => {
  it('costs one unit per started KB', async () => {
    expect((await put({ d: text(900) })).writeUnits).toBe(1);
    expect((await put({ d: text(1100) })).writeUnits).toBe(2);
  });

  it('costs the larger of the old and the new item', async () => {
    await put({ d: text(3000) });
    expect((await put({ d: text(10) })).writeUnits).toBe(3);
    expect((await put({ d: text(5000) })).writeUnits).toBe(5);
    expect((await remove(key())).writeUnits).toBe(5);
    expect((await remove(key())).writeUnits).toBe(1);
  });

  it('costs the size of any item as AWS counts it', async () => {
    const value: fc.Arbitrary<AttributeValue> = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }).map((S) => ({ S })),
      fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map((n) => ({ N: String(n) })),
      fc.uint8Array({ maxLength: 300 }).map((B) => ({ B })),
      fc.boolean().map((BOOL) => ({ BOOL })),
      fc.array(fc.constant({ S: 'abc' }), { maxLength: 200 }).map((L) => ({ L })),
    );
    const anyItem = fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), value, { maxKeys: 12 });
    await fc.assert(
      fc.asyncProperty(anyItem, async ({ pk: _, sk: __, g1: ___, g2: ____, ...attributes }) => {
        row++;
        const { writeUnits } = await put(attributes);
        const wire = Object.entries({ ...key(), ...attributes }).map(([name, each]) =>
          each.B ? [name, { B: Buffer.from(each.B).toString('base64') }] : [name, each],
        );
        expect(writeUnits).toBe(Math.max(1, Math.ceil(itemBytes(Object.fromEntries(wire)) / 1024)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('index writes', () => {
  it('count for each index the item enters, by what the index holds', async () => {
    expect((await put({ g1: { S: 'g' }, d: text(1100) })).writeUnits).toBe(2 + 2);
    row++;
    expect((await put({ g1: { S: 'g' }, g2: { S: 'h' }, d: text(1100) })).writeUnits).toBe(2 + 2 + 1);
  });

  it('count twice when an update moves the index key', async () => {
    await put({ g1: { S: 'g' }, g2: { S: 'h' }, d: text(1100) });
    expect((await set('g1', { S: 'moved' })).writeUnits).toBe(2 + 4);
    expect((await set('g2', { S: 'moved' })).writeUnits).toBe(2 + 2 + 2);
  });

  it('count only where something that the index holds changes', async () => {
    await put({ g1: { S: 'g' }, g2: { S: 'h' }, d: text(10) });
    expect((await set('d', text(11))).writeUnits).toBe(1 + 1);
    expect((await set('d', text(11))).writeUnits).toBe(1);
  });

  it('count once for each index the item leaves', async () => {
    await put({ g1: { S: 'g' }, g2: { S: 'h' }, d: text(10) });
    expect((await put({ d: text(10) })).writeUnits).toBe(1 + 2);
    await put({ g1: { S: 'g' }, g2: { S: 'h' }, d: text(3000) });
    expect((await remove(key())).writeUnits).toBe(3 + 3 + 1);
  });
});

describe('a failed condition', () => {
  it('is billed by the larger item, without the indexes', async () => {
    await put({ g1: { S: 'g' }, d: text(1100) });
    expect(await put({ g1: { S: 'g' }, d: text(3000) }, absent)).toMatchObject({
      writeUnits: 3,
      status: 400,
    });
    expect((await put({ d: text(10) }, absent)).writeUnits).toBe(2);
    expect((await set('z', { S: '1' }, absent)).writeUnits).toBe(2);
    expect((await remove(key(), absent)).writeUnits).toBe(2);
  });

  it('is billed one unit when there is no item', async () => {
    expect((await remove(key(), { ConditionExpression: 'attribute_exists(pk)' })).writeUnits).toBe(1);
  });

  it('is billed double in a transaction', async () => {
    await put({ d: text(5000) });
    const check = { TableName, Key: key(), ...absent };
    const other = { TableName, Item: { ...key('b'), d: text(1100) } };
    expect(await transact([{ Put: other }, { ConditionCheck: check }])).toMatchObject({
      writeUnits: 2 * (2 + 5),
      status: 400,
    });
  });
});

describe('batches and transactions', () => {
  it('count every item of a batch, over all its tables', async () => {
    await put({ g1: { S: 'g' }, d: text(1100) });
    const requests = {
      events: [
        { PutRequest: { Item: { ...key(), g1: { S: 'moved' }, d: text(1100) } } },
        { DeleteRequest: { Key: key('absent') } },
      ],
      others: [{ PutRequest: { Item: { ...key(), d: text(2500) } } }],
    };
    const call = await tables.count((client) =>
      client.send(new BatchWriteItemCommand({ RequestItems: requests })),
    );
    expect(call.writeUnits).toBe(2 + 4 + 1 + 3);
    expect(call.tables).toEqual(['events', 'others']);
  });

  it('double in a transaction, except for the indexes', async () => {
    const item = { ...key(), g1: { S: 'g' }, g2: { S: 'h' }, d: text(1100) };
    expect((await transact([{ Put: { TableName, Item: item } }])).writeUnits).toBe(2 * 2 + 2 + 1);
    const update = { TableName, Key: key(), UpdateExpression: 'SET g1 = :v', ...values({ S: 'moved' }) };
    expect((await transact([{ Update: update }])).writeUnits).toBe(2 * 2 + 4);
    const check = { TableName, Key: key(), ConditionExpression: 'attribute_exists(pk)' };
    expect((await transact([{ ConditionCheck: check }])).writeUnits).toBe(2 * 2);
  });

  it('bill a repeated token as a read', async () => {
    const actions = [{ Put: { TableName, Item: { ...key(), d: text(5000) } } }];
    expect(await transact(actions, `token-${row}`)).toMatchObject({ readUnits: 0, writeUnits: 2 * 5 });
    expect(await transact(actions, `token-${row}`)).toMatchObject({ readUnits: 2 * 2, writeUnits: 0 });
  });
});
