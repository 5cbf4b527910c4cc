import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Written, writtenOr } from './conditional.ts';
import { type Item, type Key, placeholders, toItem } from './item.ts';

/** Deletes from one table. */
export const makeDeletes = (client: DynamoDBClient, table: string) => ({
  /** Takes an item out: of any number of callers at once, one gets it. Leaves it where `condition` does not hold. */
  take(key: Key, condition: string, values: Item): Promise<Written> {
    return writtenOr(async () => {
      const { Attributes } = await client.send(
        new DeleteItemCommand({
          TableName: table,
          Key: toItem({ ...key }),
          ConditionExpression: condition,
          ...placeholders(Object.keys(values), values),
          ReturnValues: 'ALL_OLD',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return unmarshall(Attributes ?? {});
    });
  },
});
