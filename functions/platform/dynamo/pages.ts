import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Item, placeholders, toItem } from './item.ts';
import { sortKeyCondition } from './sort-keys.ts';

export interface PageRequest {
  readonly partition: string;
  /** An index and the names of its keys; the table's own `pk` and `sk` without one. */
  readonly index?: { readonly name: string; readonly partitionKey: string; readonly sortKey: string };
  /** What sort keys begin with. */
  readonly beginsWith?: string;
  /** Only items whose sort key is no greater. */
  readonly upTo?: string;
  /** Not of an index, which is never consistent. @default false */
  readonly consistent?: boolean;
  readonly limit?: number;
  /** The key of the last item of the page before. */
  readonly after?: Item | undefined;
  /** @default false */
  readonly descending?: boolean;
}

export interface Page {
  readonly items: readonly Item[];
  /** Where the next page begins; absent when there is none. */
  readonly last?: Item;
}

/** One page of a partition at a time, in the order of its sort keys. */
export const makePages = (client: DynamoDBClient, table: string) => ({
  async page(request: PageRequest): Promise<Page> {
    const { partition, index, limit, after, descending = false, consistent = false, ...range } = request;
    const { partitionKey, sortKey } = index ?? { partitionKey: 'pk', sortKey: 'sk' };
    const { condition, values, names } = sortKeyCondition(range, sortKey);
    const answer = await client.send(
      new QueryCommand({
        TableName: table,
        ...(index === undefined ? {} : { IndexName: index.name }),
        KeyConditionExpression: `#${partitionKey} = :partition${condition}`,
        ...placeholders([partitionKey, ...names], { partition, ...values }),
        ConsistentRead: consistent,
        ScanIndexForward: !descending,
        ...(limit === undefined ? {} : { Limit: limit }),
        ...(after === undefined ? {} : { ExclusiveStartKey: toItem(after) }),
      }),
    );
    const items = (answer.Items ?? []).map((item) => unmarshall(item));
    return answer.LastEvaluatedKey ? { items, last: unmarshall(answer.LastEvaluatedKey) } : { items };
  },
});

export type Pages = ReturnType<typeof makePages>;
