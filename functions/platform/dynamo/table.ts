import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Item = Record<string, unknown>;

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

// BatchGetItem takes 100 keys.
const KEYS_MAX = 100;

const toItem = (item: Item) => marshall(item, { removeUndefinedValues: true });

const writtenOr = async (write: () => Promise<Item>): Promise<Written> => {
  try {
    return { written: true, item: await write() };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item ? { written: false, existing: unmarshall(error.Item) } : { written: false };
  }
};

const prefixed = (prefix: string, entries: readonly (readonly [string, unknown])[]) =>
  Object.fromEntries(entries.map(([name, value]) => [`${prefix}${name}`, value]));

const clause = (word: string, parts: readonly string[]) =>
  parts.length > 0 ? [`${word} ${parts.join(', ')}`] : [];

const updateInput = (update: Update) => {
  const sets = Object.entries(update.set).filter(([, value]) => value !== undefined);
  const adds = Object.entries(update.add ?? {});
  const removes = update.remove ?? [];
  const names = [...[...sets, ...adds].map(([name]) => name), ...removes, ...(update.names ?? [])];
  const values = [...sets, ...adds, ...Object.entries(update.values ?? {})];
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
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: toItem(prefixed(':', values)),
  };
};

/** One table, in plain values. Infrastructure failures reject; a failed condition is a value. */
export const makeTable = (client: DynamoDBClient, table: string) => ({
  async get(key: Key, options: { readonly consistent?: boolean } = {}): Promise<Item | undefined> {
    const command = new GetItemCommand({
      TableName: table,
      Key: toItem({ ...key }),
      ConsistentRead: options.consistent ?? false,
    });
    const { Item: found } = await client.send(command);
    return found && unmarshall(found);
  },

  /** The items found, in no order. Eventually consistent unless asked otherwise. */
  async getMany(keys: readonly Key[], options: { readonly consistent?: boolean } = {}): Promise<Item[]> {
    const found: Item[] = [];
    let wanted = keys.map((key) => toItem({ ...key }));
    while (wanted.length > 0) {
      const page = { Keys: wanted.slice(0, KEYS_MAX), ConsistentRead: options.consistent ?? false };
      const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: page } }));
      found.push(...(answer.Responses?.[table] ?? []).map((item) => unmarshall(item)));
      wanted = [...(answer.UnprocessedKeys?.[table]?.Keys ?? []), ...wanted.slice(KEYS_MAX)];
    }
    return found;
  },

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
          ...(names.length === 0
            ? {}
            : { ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])) }),
          ...(Object.keys(values).length === 0
            ? {}
            : {
                ExpressionAttributeValues: toItem(
                  Object.fromEntries(Object.entries(values).map(([n, v]) => [`:${n}`, v])),
                ),
              }),
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

  /** All items of one partition, in the order of their sort keys; for partitions that are small by design. */
  async partition(pk: string, options: { readonly consistent?: boolean } = {}): Promise<Item[]> {
    const found: Item[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: toItem({ ':pk': pk }),
          ConsistentRead: options.consistent ?? false,
          ...(from === undefined ? {} : { ExclusiveStartKey: toItem(from) }),
        }),
      );
      found.push(...(answer.Items ?? []).map((item) => unmarshall(item)));
      from = answer.LastEvaluatedKey && unmarshall(answer.LastEvaluatedKey);
    } while (from !== undefined);
    return found;
  },
});

export type Table = ReturnType<typeof makeTable>;
