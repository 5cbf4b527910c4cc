import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Item, type Key, placeholders, toItem } from './item.ts';

/** A conditional write: what stands there afterwards, or what stood in its way. */
export type Written =
  | { readonly written: true; readonly item: Item }
  | { readonly written: false; readonly existing?: Item };

export interface Update {
  readonly set: Item;
  readonly remove?: readonly string[];
  /** Numbers to be added to; an attribute that is absent counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  /** A DynamoDB condition; `#name` and `:value` in it are looked up in `set`, `names` and `values`. */
  readonly condition?: string;
  readonly names?: readonly string[];
  readonly values?: Item;
}

const writtenOr = async (write: () => Promise<Item>): Promise<Written> => {
  try {
    return { written: true, item: await write() };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item ? { written: false, existing: unmarshall(error.Item) } : { written: false };
  }
};

const clause = (word: string, parts: readonly string[]) =>
  parts.length > 0 ? [`${word} ${parts.join(', ')}`] : [];

const updateInput = (update: Update) => {
  const sets = Object.entries(update.set).filter(([, value]) => value !== undefined);
  const adds = Object.entries(update.add ?? {});
  const removes = update.remove ?? [];
  const names = [...[...sets, ...adds].map(([name]) => name), ...removes, ...(update.names ?? [])];
  const values = { ...Object.fromEntries([...sets, ...adds]), ...update.values };
  return {
    UpdateExpression: [
      ...clause(
        'SET',
        sets.map(([name]) => `#${name} = :${name}`),
      ),
      ...clause(
        'REMOVE',
        removes.map((name) => `#${name}`),
      ),
      ...clause(
        'ADD',
        adds.map(([name]) => `#${name} :${name}`),
      ),
    ].join(' '),
    ...(update.condition === undefined ? {} : { ConditionExpression: update.condition }),
    ...placeholders(names, values),
  };
};

/** The writes of one table. Infrastructure failures reject; a failed condition is a value. */
export const makeWrites = (client: DynamoDBClient, table: string) => ({
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
