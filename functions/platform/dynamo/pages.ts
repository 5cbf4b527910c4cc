import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Item, placeholders, toItem } from './item.ts';

export interface PageRequest {
  readonly partition: string;
  /** An index and the names of its keys; the table's own `pk` and `sk` without one. */
  readonly index?: { readonly name: string; readonly partitionKey: string; readonly sortKey: string };
  /** Only items whose sort key is no greater. */
  readonly upTo?: string;
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

/** One page of a partition at a time, in the order of its sort keys; eventually consistent. */
export const makePages = (client: DynamoDBClient, table: string) => ({
  async page({ partition, index, upTo, limit, after, descending = false }: PageRequest): Promise<Page> {
    const { partitionKey: name, sortKey } = index ?? { partitionKey: 'pk', sortKey: 'sk' };
    const bounds = upTo === undefined ? {} : { upTo };
    const answer = await client.send(
      new QueryCommand({
        TableName: table,
        ...(index === undefined ? {} : { IndexName: index.name }),
        KeyConditionExpression: `#${name} = :partition${upTo === undefined ? '' : ` AND #${sortKey} <= :upTo`}`,
        ...placeholders(upTo === undefined ? [name] : [name, sortKey], { partition, ...bounds }),
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
