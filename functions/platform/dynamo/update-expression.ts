import { type Item, placeholders } from './item.ts';

export interface Update {
  readonly set: Item;
  /** Set where the attribute is absent, and left alone where it is there. */
  readonly setOnce?: Item;
  readonly remove?: readonly string[];
  /** Numbers to be added to; an attribute that is absent counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  /** A DynamoDB condition; `#name` and `:value` in it are looked up in `set`, `names` and `values`. */
  readonly condition?: string;
  readonly names?: readonly string[];
  readonly values?: Item;
}

const clause = (word: string, parts: readonly string[]) =>
  parts.length > 0 ? [`${word} ${parts.join(', ')}`] : [];

/** The expressions of an update and what stands for names and values in them. */
export const updateInput = (update: Update) => {
  const sets = Object.entries(update.set).filter(([, value]) => value !== undefined);
  const once = Object.entries(update.setOnce ?? {});
  const adds = Object.entries(update.add ?? {});
  const removes = update.remove ?? [];
  const written = [...sets, ...once, ...adds];
  const names = [...written.map(([name]) => name), ...removes, ...(update.names ?? [])];
  const values = { ...Object.fromEntries(written), ...update.values };
  return {
    UpdateExpression: [
      ...clause('SET', [
        ...sets.map(([name]) => `#${name} = :${name}`),
        ...once.map(([name]) => `#${name} = if_not_exists(#${name}, :${name})`),
      ]),
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
    ...placeholders(names, values),
  };
};
