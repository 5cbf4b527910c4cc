import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from './item.ts';

/** A conditional write: what stands there afterwards, or what stood in its way. */
export type Written =
  | { readonly written: true; readonly item: Item }
  | { readonly written: false; readonly existing?: Item };

/** Turns a failed condition into a value. */
export const writtenOr = async (write: () => Promise<Item>): Promise<Written> => {
  try {
    return { written: true, item: await write() };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item ? { written: false, existing: unmarshall(error.Item) } : { written: false };
  }
};
