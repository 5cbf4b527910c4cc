import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDeletes } from '#functions/platform/dynamo/deletes.ts';
import { makeTable, type Table } from '#functions/platform/dynamo/table.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

let tables: Tables;
let table: Table & ReturnType<typeof makeDeletes>;
beforeAll(async () => {
  tables = await startTables();
  const { client } = tables;
  table = { ...makeTable(client, 'connections'), ...makeDeletes(client, 'connections') };
});
afterAll(() => tables.close());

describe('taking an item', () => {
  const take = (sk: string, colour: string) => table.take({ pk: 'a', sk }, '#colour = :colour', { colour });

  it('gives it to one of any number of callers at once, and leaves nothing', async () => {
    const item = { pk: 'a', sk: 'one', colour: 'red', bytes: new Uint8Array([1, 2]) };
    await table.put(item);
    const taken = await Promise.all(Array.from({ length: 20 }, () => take('one', 'red')));
    expect(taken.filter(({ written }) => written)).toEqual([{ written: true, item }]);
    expect(taken.filter(({ written }) => !written)).toHaveLength(19);
    expect(await table.get({ pk: 'a', sk: 'one' })).toBeUndefined();
  });

  it('leaves it, and shows it, where the condition does not hold', async () => {
    const item = { pk: 'a', sk: 'two', colour: 'red' };
    await table.put(item);
    expect(await take('two', 'blue')).toEqual({ written: false, existing: item });
    expect(await table.get({ pk: 'a', sk: 'two' })).toEqual(item);
  });

  it('finds nothing where nothing is', async () => {
    expect(await take('three', 'red')).toEqual({ written: false });
  });
});
