import type { Resources } from './roles.ts';

/** How requests name a table of the template, and the attribute that partitions it and each of its indexes. */
export interface TableNames {
  readonly arn: (table: string) => string;
  readonly partitionKey: (table: string, index: string | undefined) => string | undefined;
}

interface Keyed {
  readonly IndexName?: string;
  readonly KeySchema?: readonly { readonly AttributeName: string; readonly KeyType: string }[];
}

const hashKey = (keyed: Keyed | undefined): string | undefined =>
  keyed?.KeySchema?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;

const indexesOf = (properties: Readonly<Record<string, unknown>>): Keyed[] =>
  ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap(
    (member) => (properties[member] ?? []) as readonly Keyed[],
  );

/** Reads the tables of the template; any other name gets an ARN below `prefix`, such as `arn:…:table/`. */
export const tableNames = (resources: Resources, prefix: string): TableNames => {
  const tables = new Map(
    [...resources.values()]
      .filter(({ type }) => type === 'AWS::DynamoDB::Table')
      .map(({ physicalName, properties }) => [physicalName, properties]),
  );
  return {
    arn: (table) => `${prefix}${table}`,
    partitionKey(table, index) {
      const properties = tables.get(table);
      if (!properties) return undefined;
      return index === undefined
        ? hashKey(properties as Keyed)
        : hashKey(indexesOf(properties).find(({ IndexName }) => IndexName === index));
    },
  };
};
