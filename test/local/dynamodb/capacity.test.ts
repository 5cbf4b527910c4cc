import { describe, expect, it } from 'vitest';
import { isCounted, refusedUnits, reportedUnits } from '../../../local/dynamodb/capacity.ts';

// Attribute `d` of that many bytes, name included.
const item = (bytes: number) => ({ d: { S: 'x'.repeat(bytes - 1) } });
const conditionFailed = {
  __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
  message: 'The conditional request failed',
};

describe('reported capacity', () => {
  it('is read or written as the operation says', () => {
    expect(reportedUnits('Query', { CapacityUnits: 1.5 })).toEqual({ readUnits: 1.5, writeUnits: 0 });
    expect(reportedUnits('PutItem', { CapacityUnits: 3 })).toEqual({ readUnits: 0, writeUnits: 3 });
  });

  it('adds up over the tables of a batch', () => {
    const tables = [{ CapacityUnits: 2 }, { CapacityUnits: 5 }];
    expect(reportedUnits('BatchWriteItem', tables)).toEqual({ readUnits: 0, writeUnits: 7 });
  });

  it('is read for a transaction that repeats a token', () => {
    const repeated = [{ CapacityUnits: 2, ReadCapacityUnits: 2 }];
    expect(reportedUnits('TransactWriteItems', repeated)).toEqual({ readUnits: 2, writeUnits: 0 });
  });

  it('is nothing when the engine reports nothing', () => {
    expect(reportedUnits('Scan', undefined)).toEqual({ readUnits: 0, writeUnits: 0 });
    expect(isCounted('DescribeTable')).toBe(false);
  });
});

describe('a refused write', () => {
  it.each([
    ['one unit when neither item is known', undefined, undefined, 1],
    ['one unit up to 1024 bytes', item(1024), item(1), 1],
    ['two units from 1025 bytes', item(1), item(1025), 2],
    ['the stored item when that is larger', item(5000), item(900), 5],
    ['the new item when that is larger', item(900), item(3000), 3],
  ])('costs %s', (_, stored, wanted, writeUnits) => {
    const error = { ...conditionFailed, Item: stored };
    expect(refusedUnits({ Item: wanted }, error)).toEqual({ readUnits: 0, writeUnits });
  });

  it('costs nothing when no condition refused it', () => {
    const error = { __type: 'com.amazon.coral.validate#ValidationException' };
    expect(refusedUnits({ Item: item(3000) }, error)).toEqual({ readUnits: 0, writeUnits: 0 });
  });

  it('costs double in a transaction, bystanders included', () => {
    const request = {
      TransactItems: [{ Put: { Item: item(1100) } }, { ConditionCheck: {} }, { Delete: {} }],
    };
    const CancellationReasons = [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: item(5000) },
      { Code: 'None' },
    ];
    const error = { __type: 'x#TransactionCanceledException', CancellationReasons };
    expect(refusedUnits(request, error).writeUnits).toBe(2 * (2 + 5 + 1));
  });

  it('costs nothing in a transaction that a conflict cancelled', () => {
    const CancellationReasons = [{ Code: 'TransactionConflict' }];
    const error = { __type: 'x#TransactionCanceledException', CancellationReasons };
    expect(refusedUnits({ TransactItems: [{ Delete: {} }] }, error).writeUnits).toBe(0);
  });
});
