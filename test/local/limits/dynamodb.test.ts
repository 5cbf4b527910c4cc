import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { itemOf, itemsOf, KB, limitedTables, MB, outcomeOf } from './dynamodb-limits.ts';

const { client, endpoint } = limitedTables();

const TableName = 'one';
type Item = ReturnType<typeof itemOf>;
const keyOf = ({ pk, sk }: Item) => ({ pk, sk });

const put = (Item: object) => outcomeOf(client().send(new PutItemCommand({ TableName, Item: { ...Item } })));
const batchPut = (tables: Record<string, readonly Item[]>) => {
  const requests = Object.entries(tables).map(([table, items]) => [
    table,
    items.map((item) => ({ PutRequest: { Item: item } })),
  ]);
  return client().send(new BatchWriteItemCommand({ RequestItems: Object.fromEntries(requests) }));
};
const batchGet = (tables: Record<string, readonly Item[]>) => {
  const requests = Object.entries(tables).map(([table, items]) => [table, { Keys: items.map(keyOf) }]);
  return client().send(new BatchGetItemCommand({ RequestItems: Object.fromEntries(requests) }));
};
const transactPut = (items: readonly object[]) =>
  client().send(
    new TransactWriteItemsCommand({
      TransactItems: items.map((item) => ({ Put: { TableName, Item: { ...item } } })),
    }),
  );
const set = (pk: string, name: string, value: string, UpdateExpression = 'SET #name = :value') => ({
  TableName,
  Key: keyOf(itemOf(50, pk)),
  UpdateExpression,
  ExpressionAttributeNames: { '#name': name },
  ExpressionAttributeValues: { ':value': { S: value } },
});
const update = (...changes: Parameters<typeof set>) =>
  outcomeOf(client().send(new UpdateItemCommand(set(...changes))));
const cancellation = async (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => error.CancellationReasons ?? error.message,
  );

describe('an item of 400 KB', () => {
  const tooLarge = 'ValidationException 400 Item size has exceeded the maximum allowed size';
  const largest = itemOf(400 * KB);
  const larger = itemOf(400 * KB + 1);

  it('can be put, alone, in a batch and in a transaction, and one byte more cannot', async () => {
    expect([await put(largest), await put(larger)]).toEqual(['ok', tooLarge]);
    for (const putAll of [(items: Item[]) => batchPut({ one: items }), transactPut]) {
      expect(await outcomeOf(putAll([largest]))).toBe('ok');
      expect(await outcomeOf(putAll([larger]))).toBe(tooLarge);
    }
  });

  it('can come of an update, and one byte more cannot', async () => {
    const refused = 'Item size to update has exceeded the maximum allowed size';
    // An update costs 22 bytes in place of the key's, so the key must have as many for the bound to be 400 KB.
    await put(itemOf(300 * KB, 'grows-by-an-update'));
    const rest = 100 * KB - 'e'.length;
    const [fits, tooLong] = ['x'.repeat(rest), 'x'.repeat(rest + 1)];
    expect(await update('grows-by-an-update', 'e', tooLong)).toBe(`ValidationException 400 ${refused}`);
    expect(await update('grows-by-an-update', 'e', fits)).toBe('ok');
    const transacted = (value: string) =>
      client().send(
        new TransactWriteItemsCommand({ TransactItems: [{ Update: set('grows-by-an-update', 'e', value) }] }),
      );
    expect(await cancellation(transacted(tooLong))).toEqual([{ Code: 'ValidationError', Message: refused }]);
    expect(await outcomeOf(transacted(fits))).toBe('ok');
  });
});

describe('the key of an item', () => {
  const invalid = 'ValidationException 400 One or more parameter values were invalid:';
  // The missing space is DynamoDB's.
  const longPartition = `${invalid} Size of hashkey has exceeded the maximum size limit of2048 bytes`;
  const longSort = `${invalid} Aggregated size of all range keys has exceeded the size limit of 1024 bytes`;
  const withKey = (pkBytes: number, skBytes: number) => ({
    pk: { S: 'p'.repeat(pkBytes) },
    sk: { S: 's'.repeat(skBytes) },
  });

  it('has a partition key of 2048 bytes and a sort key of 1024, whether it is written or read', async () => {
    for (const [Key, outcome] of [
      [withKey(2048, 1024), 'ok'],
      [withKey(2049, 1), longPartition],
      [withKey(1, 1025), longSort],
      [{ ...withKey(1, 1), sk: { S: 'é'.repeat(513) } }, longSort],
    ] as const) {
      expect(await put(Key)).toBe(outcome);
      expect(await outcomeOf(batchPut({ one: [{ ...itemOf(20), ...Key }] }))).toBe(outcome);
      expect(await outcomeOf(client().send(new GetItemCommand({ TableName, Key })))).toBe(outcome);
      expect(await outcomeOf(client().send(new DeleteItemCommand({ TableName, Key })))).toBe(outcome);
    }
  });

  const longUpdate =
    'ValidationException 400 The update expression attempted to update the secondary index key beyond allowed size limits.';

  it('is as long in an index, where it is put and where it is updated', async () => {
    const longIndexKey = (name: string, bytes: number, bytesMax: number) =>
      `${invalid} Size limit exceeded for Index Key ${name} Actual Size: ${bytes} bytes Max Size: ${bytesMax} bytes IndexName: byHash`;
    for (const [name, bytesMax] of [
      ['hash', 2048],
      ['range', 1024],
    ] as const) {
      const [fits, tooLong] = ['x'.repeat(bytesMax), 'x'.repeat(bytesMax + 1)];
      const refused = longIndexKey(name, bytesMax + 1, bytesMax);
      const indexed = (S: string) => ({ ...itemOf(50), [name]: { S } });
      expect([await put(indexed(fits)), await put(indexed(tooLong))]).toEqual(['ok', refused]);
      expect(await outcomeOf(batchPut({ two: [itemOf(50)], one: [indexed(tooLong)] }))).toBe(refused);
      expect(await update('indexed', name, fits)).toBe('ok');
      expect(await update('indexed', name, tooLong)).toBe(longUpdate);
      expect(await update('indexed', 'other', tooLong)).toBe('ok');
      const Message = refused.replace('ValidationException 400 ', '');
      const reasons = [{ Code: 'None' }, { Code: 'ValidationError', Message }];
      expect(await cancellation(transactPut([itemOf(50, 'bystander'), indexed(tooLong)]))).toEqual(reasons);
    }
  });

  it('is found in an index whatever way an update gives it, and not where another attribute has its name', async () => {
    const tooLong = 'x'.repeat(2049);
    await put({ ...itemOf(100, 'nested'), document: { M: {} } });
    for (const [expression, outcome] of [
      ['SET #name = if_not_exists(#name, :value)', longUpdate],
      ['SET another = :value, #name = :value', longUpdate],
      ['SET document.#name = :value', 'ok'],
      ['SET another = :value REMOVE #name', 'ok'],
    ] as const)
      expect(await update('nested', 'hash', tooLong, expression)).toBe(outcome);
  });
});

describe('a transaction', () => {
  const get = (items: readonly Item[], more = {}) =>
    client().send(
      new TransactGetItemsCommand({
        TransactItems: items.map((item) => ({ Get: { TableName, Key: keyOf(item), ...more } })),
      }),
    );

  it('has 100 items, to write or to read, and not 101', async () => {
    const refused =
      /^ValidationException 400 1 validation error detected: .*: Member must have length less than or equal to 100$/s;
    for (const run of [transactPut, get]) {
      expect(await outcomeOf(run(itemsOf(100, 50)))).toBe('ok');
      expect(await outcomeOf(run(itemsOf(101, 50)))).toMatch(refused);
    }
  });

  it('has 4 MB to write, and not one byte more', async () => {
    const items = itemsOf(16, MB / 4);
    expect(await outcomeOf(transactPut(items))).toBe('ok');
    expect(await outcomeOf(transactPut([...items.slice(1), itemOf(MB / 4 + 1)]))).toMatch(
      /^ValidationException 400 .*the aggregate size of the items in the transaction exceeding the 4MB limit$/,
    );
  });

  it('has 4 MB of whole items to read, whatever is projected of them, and not one byte more', async () => {
    const items = itemsOf(16, MB / 4);
    const refused =
      'ValidationException 400 The aggregate size of the items in the transaction exceeded 4 MB.';
    await transactPut(items);
    expect(await outcomeOf(get(items))).toBe('ok');
    await put(itemOf(MB / 4 + 1, 'i000'));
    expect(await outcomeOf(get(items))).toBe(refused);
    expect(await outcomeOf(get(items, { ProjectionExpression: 'sk' }))).toBe(refused);
    expect(await outcomeOf(get(items.slice(1)))).toBe('ok');
  });
});

describe('a batch', () => {
  it('writes 25 items over all its tables, and not 26', async () => {
    const refused = /^ValidationException 400 .*Member must have length less than or equal to 25, /s;
    expect(await outcomeOf(batchPut({ one: itemsOf(12, 50), two: itemsOf(13, 50) }))).toBe('ok');
    expect(await outcomeOf(batchPut({ one: itemsOf(13, 50), two: itemsOf(13, 50) }))).toMatch(refused);
    expect(await outcomeOf(batchPut({ one: itemsOf(26, 50) }))).toMatch(refused);
  });

  it('reads 100 items over all its tables, and not 101', async () => {
    const refused = 'ValidationException 400 Too many items requested for the BatchGetItem call';
    expect(await outcomeOf(batchGet({ one: itemsOf(50, 50), two: itemsOf(50, 50) }))).toBe('ok');
    expect(await outcomeOf(batchGet({ one: itemsOf(51, 50), two: itemsOf(50, 50) }))).toBe(refused);
    expect(await outcomeOf(batchGet({ one: itemsOf(101, 50) }))).toBe(refused);
  });

  it('reads 16 MB, and names the keys that it left out', async () => {
    const items = itemsOf(41, 400 * KB, 'large');
    for (const from of [0, 25]) await batchPut({ one: items.slice(from, from + 25) });
    const all = await batchGet({ one: items.slice(1) });
    expect(all.Responses?.['one']).toHaveLength(40);
    expect(all.UnprocessedKeys).toEqual({});
    const most = await batchGet({ one: items });
    expect(most.Responses?.['one']).toHaveLength(40);
    expect(most.UnprocessedKeys?.['one']?.Keys).toHaveLength(1);
  });
});

describe('a request', () => {
  it('has 16 MB, and gets 413 for one byte more', async () => {
    const post = async (bytes: number) => {
      const text = JSON.stringify({ TableName, Key: keyOf(itemOf(50)) });
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'x-amz-date': '20300101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=a/20300101/r/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      };
      const reply = await fetch(endpoint(), { method: 'POST', headers, body: text.padEnd(bytes) });
      return [reply.status, (await reply.text()).slice(0, 1)];
    };
    expect(await post(16 * MB)).toEqual([200, '{']);
    expect(await post(16 * MB + 1)).toEqual([413, '']);
  });
});

describe('a page of a query', () => {
  it('has 1 MB of items, and goes on where one byte more begins', async () => {
    const query = async () => {
      const condition = {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'page' } },
      };
      const page = await client().send(new QueryCommand({ TableName, ...condition }));
      return [page.Count, page.LastEvaluatedKey?.['sk']?.S];
    };
    const stored = (sk: string, bytes: number) => ({
      pk: { S: 'page' },
      sk: { S: sk },
      d: { S: 'x'.repeat(bytes - 'pkpagesk'.length - sk.length - 'd'.length) },
    });
    for (const sk of ['1', '2', '3', '4']) await put(stored(sk, MB / 4));
    expect(await query()).toEqual([4, undefined]);
    await put(stored('4', MB / 4 + 1));
    expect(await query()).toEqual([3, '3']);
  });
});
