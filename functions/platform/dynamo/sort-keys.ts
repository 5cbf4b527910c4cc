import type { Item } from './item.ts';

/** Which sort keys of a partition are meant; all of them when neither is said. At most one of the two is. */
export interface SortKeys {
  readonly beginsWith?: string;
  readonly before?: string;
}

// No sort key goes on with it: it is no character, and sorts behind every one.
const LAST = '\u{10ffff}';

/** What a key condition says of the sort key, with the values that stand in it; empty when all are meant. */
export const sortKeyCondition = ({ beginsWith, before }: SortKeys): { condition: string; values: Item } => {
  // `begins_with` of the engine that the embedded cloud runs on takes "A" for "a"; a range is exact everywhere.
  if (beginsWith !== undefined)
    return {
      condition: ' AND sk BETWEEN :from AND :to',
      values: { from: beginsWith, to: `${beginsWith}${LAST}` },
    };
  return before === undefined
    ? { condition: '', values: {} }
    : { condition: ' AND sk < :before', values: { before } };
};
