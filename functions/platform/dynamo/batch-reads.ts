import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Item, type Key, toItem } from './item.ts';

// BatchGetItem takes 100 keys.
const KEYS_MAX = 100;
// DynamoDB hands back what it could not read for now: AWS advises to wait, longer each time.
const UNPROCESSED_TIMES_MAX = 5;
const PAUSE_MS = 50;

/** Reads of many items of one table at once. */
export const makeBatchReads = (client: DynamoDBClient, table: string) => ({
  /** The items found, in no order. Eventually consistent unless asked otherwise. */
  async getMany(keys: readonly Key[], options: { readonly consistent?: boolean } = {}): Promise<Item[]> {
    const found: Item[] = [];
    let wanted = keys.map((key) => toItem({ ...key }));
    let unprocessedTimes = 0;
    while (wanted.length > 0) {
      const page = { Keys: wanted.slice(0, KEYS_MAX), ConsistentRead: options.consistent ?? false };
      const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: page } }));
      found.push(...(answer.Responses?.[table] ?? []).map((item) => unmarshall(item)));
      const unprocessed = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      wanted = [...unprocessed, ...wanted.slice(KEYS_MAX)];
      if (unprocessed.length === 0) continue;
      unprocessedTimes += 1;
      if (unprocessedTimes > UNPROCESSED_TIMES_MAX) throw new Error('DynamoDB leaves keys unprocessed');
      await pause(PAUSE_MS * 2 ** unprocessedTimes);
    }
    return found;
  },
});
