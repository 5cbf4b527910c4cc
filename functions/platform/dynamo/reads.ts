import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Item, type Key, placeholders, toItem } from './item.ts';
import { type SortKeys, sortKeyCondition } from './sort-keys.ts';

/** Reads of one item or one partition of one table. */
export const makeReads = (client: DynamoDBClient, table: string) => ({
  async get(key: Key, options: { readonly consistent?: boolean } = {}): Promise<Item | undefined> {
    const command = new GetItemCommand({
      TableName: table,
      Key: toItem({ ...key }),
      ConsistentRead: options.consistent ?? false,
    });
    const { Item: found } = await client.send(command);
    return found && unmarshall(found);
  },

  /** The items of one partition, in the order of their sort keys; for what is small by design. */
  async partition(
    pk: string,
    { consistent = false, ...sortKeys }: { readonly consistent?: boolean } & SortKeys = {},
  ): Promise<Item[]> {
    const { condition, values, names } = sortKeyCondition(sortKeys);
    const found: Item[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: `pk = :pk${condition}`,
          ...placeholders(names, { pk, ...values }),
          ConsistentRead: consistent,
          ...(from === undefined ? {} : { ExclusiveStartKey: toItem(from) }),
        }),
      );
      found.push(...(answer.Items ?? []).map((item) => unmarshall(item)));
      from = answer.LastEvaluatedKey && unmarshall(answer.LastEvaluatedKey);
    } while (from !== undefined);
    return found;
  },
});
