import { setTimeout as pause } from 'node:timers/promises';
import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type Item, type Key, placeholders, toItem } from './item.ts';

export interface TransactPut {
  readonly table: string;
  readonly item: Key & Item;
  /** `#name` and `:value` in it are looked up in `values`. */
  readonly condition?: string;
  readonly values?: Item;
}

const toPut = ({ table, item, condition, values = {} }: TransactPut) => ({
  Put: {
    TableName: table,
    Item: toItem(item),
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...placeholders(Object.keys(values), values),
  },
});

const CONFLICTS_MAX = 5;
const PAUSE_MS = 40;

const reasonsOf = (error: unknown) =>
  error instanceof TransactionCanceledException
    ? (error.CancellationReasons ?? []).map((reason) => reason.Code)
    : [];

/**
 * Writes all items or none. `false` when a condition did not hold; anything else that goes wrong rejects. Another
 * transaction on the same item is waited for: what it leaves decides whether the condition holds.
 */
export const transactPut = async (client: DynamoDBClient, puts: readonly TransactPut[]): Promise<boolean> => {
  for (let conflicts = 0; ; conflicts += 1) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: puts.map(toPut) }));
      return true;
    } catch (error) {
      const reasons = reasonsOf(error);
      if (reasons.includes('ConditionalCheckFailed')) return false;
      if (!reasons.includes('TransactionConflict') || conflicts >= CONFLICTS_MAX) throw error;
      await pause(PAUSE_MS * 2 ** conflicts);
    }
  }
};
