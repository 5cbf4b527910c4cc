import { marshall } from '@aws-sdk/util-dynamodb';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Item = Record<string, unknown>;

/** An item as DynamoDB takes it; an undefined attribute is left out. */
export const toItem = (item: Item) => marshall(item, { removeUndefinedValues: true });

/** Placeholders of an expression: `#name` for each name, `:value` for each value; absent when there are none. */
export const placeholders = (names: readonly string[], values: Item) => ({
  ...(names.length === 0
    ? {}
    : { ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])) }),
  ...(Object.keys(values).length === 0
    ? {}
    : {
        ExpressionAttributeValues: toItem(
          Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
        ),
      }),
});
