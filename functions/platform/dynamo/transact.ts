import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item, Key } from './table.ts';

export interface TransactPut {
  readonly table: string;
  readonly item: Key & Item;
  /** `#name` and `:value` in it are looked up in `values`. */
  readonly condition?: string;
  readonly values?: Item;
}

const marshalled = (values: Item, prefix: string) =>
  marshall(Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value])), {
    removeUndefinedValues: true,
  });

const toPut = ({ table, item, condition, values }: TransactPut) => ({
  Put: {
    TableName: table,
    Item: marshalled(item, ''),
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...(values === undefined
      ? {}
      : {
          ExpressionAttributeNames: Object.fromEntries(Object.keys(values).map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: marshalled(values, ':'),
        }),
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
