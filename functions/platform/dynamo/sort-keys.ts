import type { Item } from './item.ts';

/** Which sort keys of a partition are meant; all of them when neither is said. At most one of the two is. */
export interface SortKeys {
  readonly beginsWith?: string;
  readonly before?: string;
}

/** What a key condition says of the sort key, with the values that stand in it; empty when all are meant. */
export const sortKeyCondition = ({ beginsWith, before }: SortKeys): { condition: string; values: Item } => {
  if (beginsWith !== undefined) return { condition: ' AND begins_with(sk, :sk)', values: { sk: beginsWith } };
  return before === undefined
    ? { condition: '', values: {} }
    : { condition: ' AND sk < :sk', values: { sk: before } };
};
