import { toItem, type WireItem } from '../event-sources/stream-records.ts';

/** Takes back that an item was about to be deleted. */
export type Unnote = () => void;

/**
 * Tells those who read a table's stream which deletions were expiries, because the engine's records do not say.
 * It forgets with the process: a deletion that is read after a restart looks like one by hand.
 */
export interface Expiries {
  /** Called before the item is deleted; `keys` as the SDK has them. */
  readonly note: (tableName: string, keys: Readonly<Record<string, unknown>>) => Unnote;
  /** One reader's view: whether the deletion of these keys, read from the stream just now, was an expiry. */
  readonly reader: (tableName: string) => (keys: WireItem) => boolean;
}

const textOf = (keys: WireItem): string =>
  JSON.stringify(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)));

export const makeExpiries = (): Expiries => {
  const readers = new Map<string, Map<string, number>[]>();

  const change = (awaited: Map<string, number>, text: string, by: 1 | -1): boolean => {
    const count = awaited.get(text) ?? 0;
    if (count + by > 0) awaited.set(text, count + by);
    else awaited.delete(text);
    return count > 0;
  };

  return {
    note(tableName, keys) {
      const text = textOf(toItem(keys));
      const told = [...(readers.get(tableName) ?? [])];
      for (const awaited of told) change(awaited, text, 1);
      return () => {
        for (const awaited of told) change(awaited, text, -1);
      };
    },
    reader(tableName) {
      const awaited = new Map<string, number>();
      readers.set(tableName, [...(readers.get(tableName) ?? []), awaited]);
      return (keys) => change(awaited, textOf(keys), -1);
    },
  };
};
