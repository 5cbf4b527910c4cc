import { randomUUID } from 'node:crypto';
import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import { type TransactWrite, transactWrite } from '#functions/platform/dynamo/transact.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const ABSENT = 'attribute_not_exists(pk)';
const freshItem = () => ({ pk: randomUUID(), sk: 'row', n: 1 });
const put = (...writes: TransactWrite[]) => transactWrite(tables.client, writes);
const found = (table: string, { pk, sk }: { pk: string; sk: string }) =>
  makeTable(tables.client, table).get({ pk, sk }, { consistent: true });

describe('transactWrite', () => {
  it('writes every item, in whichever table', async () => {
    const [one, two] = [freshItem(), freshItem()];
    const puts = [
      { table: 'connections', item: one, condition: ABSENT },
      { table: 'secrets', item: two },
    ];
    expect(await put(...puts)).toBe(true);
    expect([await found('connections', one), await found('secrets', two)]).toEqual([one, two]);
  });

  it('writes none when one condition does not hold', async () => {
    const [one, two] = [freshItem(), freshItem()];
    await put({ table: 'connections', item: one });
    const puts = [
      { table: 'secrets', item: two },
      { table: 'connections', item: { ...one, n: 2 }, condition: ABSENT },
    ];
    expect(await put(...puts)).toBe(false);
    expect([await found('connections', one), await found('secrets', two)]).toEqual([one, undefined]);
  });

  it('changes one item and deletes another with what it puts, or does none of it', async () => {
    const [changed, deleted, made] = [freshItem(), freshItem(), freshItem()];
    for (const item of [changed, deleted]) await put({ table: 'connections', item });
    const writes = (n: number): TransactWrite[] => [
      {
        table: 'connections',
        key: { pk: changed.pk, sk: changed.sk },
        update: { set: { n: 2 }, condition: '#n = :before', names: ['n'], values: { before: n } },
      },
      { table: 'connections', deleted: { pk: deleted.pk, sk: deleted.sk } },
      { table: 'connections', item: made },
    ];
    const all = async () => [
      await found('connections', changed),
      await found('connections', deleted),
      await found('connections', made),
    ];
    expect([await put(...writes(7)), await all()]).toEqual([false, [changed, deleted, undefined]]);
    expect([await put(...writes(1)), await all()]).toEqual([true, [{ ...changed, n: 2 }, undefined, made]]);
  });

  it('deletes what is not there without complaint', async () => {
    expect(await put({ table: 'connections', deleted: { pk: randomUUID(), sk: 'row' } })).toBe(true);
  });

  it('looks names and values of a condition up', async () => {
    const item = { ...freshItem(), state: 'revoked' };
    await put({ table: 'connections', item });
    const over = (state: string) =>
      put({ table: 'connections', item, condition: '#state = :state', values: { state } });
    expect([await over('enabled'), await over('revoked')]).toEqual([false, true]);
  });

  const cancelledFor = (Code: string) =>
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: [{ Code: 'None' }, { Code }],
    });

  it('rejects a transaction that was cancelled for throttling: no condition has failed', async () => {
    const cancelled = cancelledFor('ThrottlingError');
    const mock = mockClient(tables.client).on(TransactWriteItemsCommand).rejects(cancelled);
    await expect(put({ table: 'connections', item: freshItem() })).rejects.toBe(cancelled);
    mock.restore();
  });

  it('waits for another transaction on the same item, and then finds out whether its condition holds', async () => {
    const mock = mockClient(tables.client)
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelledFor('TransactionConflict'))
      .rejectsOnce(cancelledFor('TransactionConflict'))
      .rejects(cancelledFor('ConditionalCheckFailed'));
    expect(await put({ table: 'connections', item: freshItem() })).toBe(false);
    expect(mock.commandCalls(TransactWriteItemsCommand)).toHaveLength(3);
    mock.restore();
  });

  it('rejects when a table is not there', async () => {
    await expect(put({ table: 'nowhere', item: freshItem() })).rejects.toThrow();
  });
});
