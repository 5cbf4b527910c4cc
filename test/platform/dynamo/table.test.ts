import { randomUUID } from 'node:crypto';
import { BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SortKeys } from '#functions/platform/dynamo/sort-keys.ts';
import { type Item, makeTable, type Table } from '#functions/platform/dynamo/table.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

let tables: Tables;
let table: Table;
beforeAll(async () => {
  tables = await startTables();
  table = makeTable(tables.client, 'outbox');
});
afterAll(() => tables.close());

const freshKey = (sk = 'row') => ({ pk: randomUUID(), sk });

describe('get', () => {
  it('gives back what was put, bytes and nested values too, without what was undefined', async () => {
    const key = freshKey();
    const item = {
      ...key,
      text: 'ä',
      bytes: Uint8Array.of(0, 255),
      deep: { list: [1, { a: null }] },
      yes: true,
    };
    await table.put({ ...item, nothing: undefined });
    expect(await table.get(key, { consistent: true })).toEqual(item);
    expect(await table.get(key)).toEqual(item);
  });

  it('gives undefined for what is not there', async () => {
    expect(await table.get(freshKey())).toBeUndefined();
  });
});

describe('putIf', () => {
  it('writes when the condition holds, and answers with the item', async () => {
    const item = { ...freshKey(), n: 1 };
    expect(await table.putIf(item, 'attribute_not_exists(pk)')).toEqual({ written: true, item });
  });

  it('leaves what stands there when the condition does not hold, and answers with it', async () => {
    const key = freshKey();
    const item = { ...key, n: 1 };
    await table.put(item);
    const second = await table.putIf({ ...item, n: 2 }, 'attribute_not_exists(pk)');
    expect(second).toEqual({ written: false, existing: item });
    expect(await table.get(key)).toEqual(item);
  });

  it('looks names and values of the condition up', async () => {
    const item = { ...freshKey(), state: 'old' };
    await table.put(item);
    const put = (expected: string) =>
      table.putIf({ ...item, state: 'new' }, '#state = :expected', { expected }, ['state']);
    expect([await put('other'), await put('old')]).toMatchObject([{ written: false }, { written: true }]);
  });

  it('answers without an item when the condition asks for one that is not there', async () => {
    expect(await table.putIf(freshKey(), 'attribute_exists(pk)')).toEqual({ written: false });
  });

  it('rejects when the table is not there: that is no failed condition', async () => {
    const nowhere = makeTable(tables.client, 'nowhere');
    await expect(nowhere.putIf(freshKey(), 'attribute_not_exists(pk)')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('update', () => {
  it('sets, removes and adds in one write, and answers with the whole item', async () => {
    const key = freshKey();
    await table.put({ ...key, state: 'old', gone: 1, kept: 'k', count: 2 });
    const written = await table.update(key, {
      set: { state: 'new', absent: undefined },
      remove: ['gone'],
      add: { count: 3, fresh: 1 },
    });
    const item = { ...key, state: 'new', kept: 'k', count: 5, fresh: 1 };
    expect(written).toEqual({ written: true, item });
  });

  it('changes nothing when the condition does not hold, and answers with what stands there', async () => {
    const key = freshKey();
    const item = { ...key, state: 'old', limit: 1 };
    await table.put(item);
    const written = await table.update(key, {
      set: { state: 'new' },
      condition: '#state = :expected AND #limit > :min',
      names: ['limit'],
      values: { expected: 'old', min: 1 },
    });
    expect(written).toEqual({ written: false, existing: item });
    expect(await table.get(key)).toEqual(item);
  });

  it('makes no item where the condition asks for one', async () => {
    const key = freshKey();
    const update = { set: { n: 1 }, condition: 'attribute_exists(pk)' };
    expect(await table.update(key, update)).toEqual({ written: false });
    expect(await table.get(key)).toBeUndefined();
  });
});

describe('partition', () => {
  it('gives all items of one partition in the order of their sort keys, and no other', async () => {
    const { pk } = freshKey();
    for (const sk of ['b', 'a', 'c']) await table.put({ pk, sk });
    await table.put({ pk: `${pk}0`, sk: 'a' });
    expect((await table.partition(pk, { consistent: true })).map(({ sk }) => sk)).toEqual(['a', 'b', 'c']);
    expect(await table.partition(randomUUID())).toEqual([]);
  });

  it('gives those items alone whose sort keys begin so, or come before', async () => {
    const { pk } = freshKey();
    const sortKeys = ['A#1', 'A#2', 'AB', 'a#1', 'a_b#1', 'a-b#1', '~A#1'];
    for (const sk of sortKeys) await table.put({ pk, sk });
    const found = async (range: SortKeys) => (await table.partition(pk, range)).map(({ sk }) => sk);
    expect(await found({ beginsWith: 'A#' })).toEqual(['A#1', 'A#2']);
    expect(await found({ beginsWith: 'a_b#' })).toEqual(['a_b#1']);
    expect(await found({ beginsWith: 'b' })).toEqual([]);
    expect(await found({ before: '~' })).toEqual(['A#1', 'A#2', 'AB', 'a#1', 'a-b#1', 'a_b#1']);
    expect(await found({})).toHaveLength(sortKeys.length);
  });

  it('reads on until the last page', async () => {
    const { pk } = freshKey();
    const filler = 'x'.repeat(300_000);
    const names = ['1', '2', '3', '4', '5'];
    for (const sk of names) await table.put({ pk, sk, filler });
    expect((await table.partition(pk)).map(({ sk }) => sk)).toEqual(names);
  });

  it('asks for strong consistency only when it is told to', async () => {
    const mock = mockClient(tables.client).on(QueryCommand).resolves({});
    await table.partition('p');
    await table.partition('p', { consistent: true });
    const asked = mock.commandCalls(QueryCommand).map(({ args }) => args[0].input.ConsistentRead);
    mock.restore();
    expect(asked).toEqual([false, true]);
  });
});

describe('getMany', () => {
  it('finds what is there, of more keys than one request takes', async () => {
    const { pk } = freshKey();
    const keys = Array.from({ length: 205 }, (_, index) => ({ pk, sk: String(index) }));
    await Promise.all(keys.slice(0, 203).map((key) => table.put(key)));
    const found = await table.getMany(keys);
    expect(new Set(found.map(({ sk }) => sk))).toEqual(new Set(keys.slice(0, 203).map(({ sk }) => sk)));
  });

  it('asks for nothing when no key is given', async () => {
    expect(await table.getMany([])).toEqual([]);
  });

  it('asks again for the keys that were not processed, and only for those', async () => {
    const keys = ['a', 'b', 'c'].map((sk) => ({ pk: 'p', sk }));
    const mock = mockClient(tables.client)
      .on(BatchGetItemCommand)
      .callsFake(({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) => {
        const [first, ...rest] = RequestItems['outbox']?.Keys ?? [];
        return {
          Responses: { outbox: [first] },
          UnprocessedKeys: rest.length > 0 ? { outbox: { Keys: rest } } : {},
        };
      });
    const found = await table.getMany(keys);
    const asked = mock
      .commandCalls(BatchGetItemCommand)
      .map(({ args }) => args[0].input.RequestItems?.['outbox']?.Keys);
    mock.restore();
    expect(found).toEqual(keys);
    const wire = keys.map((key) => marshall(key));
    expect(asked).toEqual([wire, wire.slice(1), wire.slice(2)]);
  });

  it('rejects when the engine does', async () => {
    await expect(makeTable(tables.client, 'nowhere').getMany([freshKey()])).rejects.toThrow();
  });
});
