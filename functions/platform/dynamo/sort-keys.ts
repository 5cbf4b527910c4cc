import type { Item } from './item.ts';

/** Which sort keys of a partition are meant; all of them when nothing is said. At most one of the three is. */
export interface SortKeys {
  readonly beginsWith?: string;
  readonly before?: string;
  readonly upTo?: string;
}

// No sort key goes on with it: it is no character, and sorts behind every one.
const LAST = '\u{10ffff}';

interface SortKeyCondition {
  readonly condition: string;
  readonly names: readonly string[];
  readonly values: Item;
}

/** What a key condition says of the sort key, with the names and values that stand in it; empty when all are meant. */
export const sortKeyCondition = (
  { beginsWith, before, upTo }: SortKeys,
  sortKey = 'sk',
): SortKeyCondition => {
  const names = [sortKey];
  // `begins_with` of the engine that the embedded cloud runs on takes "A" for "a"; a range is exact everywhere.
  if (beginsWith !== undefined) {
    const values = { from: beginsWith, to: `${beginsWith}${LAST}` };
    return { condition: ` AND #${sortKey} BETWEEN :from AND :to`, names, values };
  }
  if (before !== undefined) return { condition: ` AND #${sortKey} < :before`, names, values: { before } };
  if (upTo !== undefined) return { condition: ` AND #${sortKey} <= :upTo`, names, values: { upTo } };
  return { condition: '', names: [], values: {} };
};
