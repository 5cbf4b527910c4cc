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

/** Writes all items or none. `false` when a condition did not hold; anything else that goes wrong rejects. */
export const transactPut = async (client: DynamoDBClient, puts: readonly TransactPut[]): Promise<boolean> => {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: puts.map(toPut) }));
    return true;
  } catch (error) {
    const refused =
      error instanceof TransactionCanceledException &&
      error.CancellationReasons?.some((reason) => reason.Code === 'ConditionalCheckFailed');
    if (refused) return false;
    throw error;
  }
};
