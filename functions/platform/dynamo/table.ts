import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { makeReads } from './reads.ts';
import { makeWrites } from './writes.ts';

export type { Item, Key } from './item.ts';

/** One table, in plain values. Infrastructure failures reject; a failed condition is a value. */
export const makeTable = (client: DynamoDBClient, table: string) => ({
  ...makeReads(client, table),
  ...makeWrites(client, table),
});

export type Table = ReturnType<typeof makeTable>;
