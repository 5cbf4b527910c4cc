import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Written, writtenOr } from './conditional.ts';
import { type Item, type Key, placeholders, toItem } from './item.ts';

/** Puts into one table. */
export const makePuts = (client: DynamoDBClient, table: string) => ({
  async put(item: Key & Item): Promise<void> {
    await client.send(new PutItemCommand({ TableName: table, Item: toItem(item) }));
  },

  /** Writes the item unless one stands there for which `condition` does not hold. */
  putIf(
    item: Key & Item,
    condition: string,
    values: Item = {},
    names: readonly string[] = [],
  ): Promise<Written> {
    return writtenOr(async () => {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: toItem(item),
          ConditionExpression: condition,
          ...placeholders(names, values),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return item;
    });
  },
});
