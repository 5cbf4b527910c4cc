import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Written, writtenOr } from './conditional.ts';
import { type Key, toItem } from './item.ts';
import { type Update, updateInput } from './update-expression.ts';

/** Conditional updates in one table. */
export const makeUpdates = (client: DynamoDBClient, table: string) => ({
  update(key: Key, update: Update): Promise<Written> {
    return writtenOr(async () => {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: toItem({ ...key }),
          ...updateInput(update),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return unmarshall(Attributes ?? {});
    });
  },
});
