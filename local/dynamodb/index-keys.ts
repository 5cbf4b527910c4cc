import { valueBytes } from './item-size.ts';
import type { TableDefinition } from './tables.ts';
import { objectAt, type WireObject } from './wire.ts';

/** An attribute that is a key of an index, and how many bytes it may have there. */
export interface IndexKey {
  readonly index: string;
  readonly attribute: string;
  readonly bytesMax: number;
}

/** The keys of all indexes of a table; none for a table that is not known. */
export type IndexKeysOf = (table: string) => readonly IndexKey[];

// As the documentation of BatchWriteItem has them for partition and sort keys.
const BYTES_MAX: Readonly<Record<string, number>> = { HASH: 2048, RANGE: 1024 };

/** Reads the index keys of these tables. */
export const readIndexKeys = (
  tables: readonly Pick<TableDefinition, 'TableName' | 'GlobalSecondaryIndexes'>[],
): IndexKeysOf => {
  const keys = new Map(
    tables.map(({ TableName, GlobalSecondaryIndexes = [] }) => [
      TableName,
      GlobalSecondaryIndexes.flatMap(({ IndexName: index = '', KeySchema = [] }) =>
        KeySchema.map(({ AttributeName: attribute = '', KeyType = '' }): IndexKey => {
          return { index, attribute, bytesMax: BYTES_MAX[KeyType] ?? Number.POSITIVE_INFINITY };
        }),
      ),
    ]),
  );
  return (table) => keys.get(table) ?? [];
};

const isOver = (attributes: WireObject, { attribute, bytesMax }: IndexKey): boolean =>
  attributes[attribute] !== undefined && valueBytes(attributes[attribute]) > bytesMax;

/** Why an item may not be put, in DynamoDB's words as its users report them. */
export const putRefusal = (item: WireObject, keys: readonly IndexKey[]): string | undefined => {
  const over = keys.find((key) => isOver(item, key));
  if (!over) return undefined;
  const { attribute, bytesMax, index } = over;
  return (
    `One or more parameter values were invalid: Size limit exceeded for Index Key ${attribute} ` +
    `Actual Size: ${valueBytes(item[attribute])} bytes Max Size: ${bytesMax} bytes IndexName: ${index}`
  );
};

// A top-level attribute that gets a value of the request; what is computed or copied from the item is not known here.
const ASSIGNMENT = /(?<![\w.#])(#?\w+)\s*=\s*(?:if_not_exists\s*\([^)]*,\s*)?(:\w+)/gi;

const assignedBy = (update: WireObject): WireObject => {
  const names = objectAt(update['ExpressionAttributeNames']);
  const values = objectAt(update['ExpressionAttributeValues']);
  const assignments = String(update['UpdateExpression'] ?? '').matchAll(ASSIGNMENT);
  return Object.fromEntries(
    [...assignments].map(([, name = '', value = '']) => [String(names[name] ?? name), values[value]]),
  );
};

/** Why an update may not be made, in the words of the documentation of TransactWriteItems. */
export const updateRefusal = (update: WireObject, keys: readonly IndexKey[]): string | undefined => {
  if (keys.length === 0) return undefined;
  const written = { ...objectAt(update['Key']), ...assignedBy(update) };
  return keys.some((key) => isOver(written, key))
    ? 'The update expression attempted to update the secondary index key beyond allowed size limits.'
    : undefined;
};
