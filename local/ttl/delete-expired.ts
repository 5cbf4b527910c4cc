import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { Expiries } from './expiries.ts';
import type { ExpiringTable } from './expiring-table.ts';

type Item = Readonly<Record<string, AttributeValue>>;

// Small enough that a large table does not keep the engine from its other callers.
const PAGE_ITEMS = 500;

// DynamoDB takes a time that lies further back for a mistake and keeps the item.
const EXPIRED_SECONDS_MAX = 5 * 365 * 86_400;

/** The keys and the expiry of the items that have expired, page by page. A value that is no number is no expiry. */
async function* expiredItems(client: DynamoDBClient, table: ExpiringTable, nowMs: number) {
  const nowSeconds = Math.floor(nowMs / 1000);
  const names = [...table.keyNames, table.attribute];
  const pages = paginateScan(
    { client, pageSize: PAGE_ITEMS },
    {
      TableName: table.tableName,
      FilterExpression: '#ttl < :now AND #ttl > :tooOld',
      ProjectionExpression: [...table.keyNames.map((_, index) => `#k${index}`), '#ttl'].join(', '),
      ExpressionAttributeNames: Object.fromEntries(
        names.map((name, index) => [index < table.keyNames.length ? `#k${index}` : '#ttl', name]),
      ),
      ExpressionAttributeValues: {
        ':now': { N: String(nowSeconds) },
        ':tooOld': { N: String(nowSeconds - EXPIRED_SECONDS_MAX) },
      },
    },
  );
  for await (const { Items = [] } of pages) yield* Items as Item[];
}

/** Deletes the item unless its expiry has changed since it was read, or it is gone. */
const deleteUnchanged = async (
  client: DynamoDBClient,
  { tableName, keyNames, attribute }: ExpiringTable,
  item: Item,
  expiries: Expiries,
): Promise<boolean> => {
  const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keyNames.includes(name)));
  const unnote = expiries.note(tableName, Key);
  try {
    await client.send(
      new DeleteItemCommand({
        TableName: tableName,
        Key,
        ConditionExpression: '#ttl = :seen',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':seen': item[attribute] ?? { NULL: true } },
      }),
    );
    return true;
  } catch (error) {
    unnote();
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/** Deletes what has expired in one table by `nowMs` and returns how many items that were. Rejects as the client does. */
export const deleteExpired = async (
  client: DynamoDBClient,
  table: ExpiringTable,
  nowMs: number,
  expiries: Expiries,
): Promise<number> => {
  let deleted = 0;
  for await (const item of expiredItems(client, table, nowMs)) {
    if (await deleteUnchanged(client, table, item, expiries)) deleted += 1;
  }
  return deleted;
};
