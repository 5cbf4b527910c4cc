import * as z from 'zod';

/** A table whose items may expire. */
export interface ExpiringTable {
  readonly tableName: string;
  /** Names of the partition key and, if there is one, of the sort key. */
  readonly keyNames: readonly string[];
  /** The attribute that says when an item expires, in epoch seconds. */
  readonly attribute: string;
}

const Properties = z.object({
  KeySchema: z.array(z.object({ AttributeName: z.string() })),
  TimeToLiveSpecification: z
    .object({ AttributeName: z.string(), Enabled: z.union([z.boolean(), z.stringbool()]) })
    .optional(),
});

/**
 * Those of the resolved AWS::DynamoDB::Table resources that have a TimeToLiveSpecification which is enabled.
 * Throws when one is malformed.
 */
export const expiringTables = (
  tables: readonly { readonly physicalName: string; readonly properties: unknown }[],
): ExpiringTable[] =>
  tables.flatMap(({ physicalName, properties }) => {
    const { KeySchema, TimeToLiveSpecification: found } = Properties.parse(properties);
    if (!found?.Enabled) return [];
    const keyNames = KeySchema.map(({ AttributeName }) => AttributeName);
    return [{ tableName: physicalName, keyNames, attribute: found.AttributeName }];
  });
