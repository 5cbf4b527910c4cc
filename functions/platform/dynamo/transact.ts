import { setTimeout as pause } from 'node:timers/promises';
import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type Item, type Key, placeholders, toItem } from './item.ts';
import { type Update, updateInput } from './update-expression.ts';

export interface TransactPut {
  readonly table: string;
  readonly item: Key & Item;
  /** `#name` and `:value` in it are looked up in `values`. */
  readonly condition?: string;
  readonly values?: Item;
}

export interface TransactUpdate {
  readonly table: string;
  readonly key: Key;
  readonly update: Update;
}

/** Deletes the item of that key, if there is one. */
export interface TransactDelete {
  readonly table: string;
  readonly deleted: Key;
}

export type TransactWrite = TransactPut | TransactUpdate | TransactDelete;

const toWrite = (write: TransactWrite) => {
  const TableName = write.table;
  if ('deleted' in write) return { Delete: { TableName, Key: toItem({ ...write.deleted }) } };
  if ('update' in write) {
    return { Update: { TableName, Key: toItem({ ...write.key }), ...updateInput(write.update) } };
  }
  const { item, condition, values = {} } = write;
  return {
    Put: {
      TableName,
      Item: toItem(item),
      ...(condition === undefined ? {} : { ConditionExpression: condition }),
      ...placeholders(Object.keys(values), values),
    },
  };
};

const CONFLICTS_MAX = 5;
const PAUSE_MS = 40;

const reasonsOf = (error: unknown) =>
  error instanceof TransactionCanceledException
    ? (error.CancellationReasons ?? []).map((reason) => reason.Code)
    : [];

/**
 * Writes all or nothing. `false` when a condition did not hold; anything else that goes wrong rejects. Another
 * transaction on the same item is waited for: what it leaves decides whether the condition holds.
 */
export const transactWrite = async (
  client: DynamoDBClient,
  writes: readonly TransactWrite[],
): Promise<boolean> => {
  for (let conflicts = 0; ; conflicts += 1) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: writes.map(toWrite) }));
      return true;
    } catch (error) {
      const reasons = reasonsOf(error);
      if (reasons.includes('ConditionalCheckFailed')) return false;
      if (!reasons.includes('TransactionConflict') || conflicts >= CONFLICTS_MAX) throw error;
      await pause(PAUSE_MS * 2 ** conflicts);
    }
  }
};
