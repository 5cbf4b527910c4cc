import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { makeBatchReads } from './batch-reads.ts';
import { makePuts } from './puts.ts';
import { makeReads } from './reads.ts';
import { makeUpdates } from './updates.ts';

export type { Item, Key } from './item.ts';

/**
 * One table, in plain values. Infrastructure failures reject; a failed condition is a value. A function that needs only
 * some of it takes the parts, and bundles no more than those.
 */
export const makeTable = (client: DynamoDBClient, table: string) => ({
  ...makeReads(client, table),
  ...makeBatchReads(client, table),
  ...makePuts(client, table),
  ...makeUpdates(client, table),
});

export type Table = ReturnType<typeof makeTable>;
