import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import type { TableDefinition } from '../dynamodb/tables.ts';

/** The resolved resources of the template by logical id. */
export type Resources = ReadonlyMap<string, ResolvedResource>;

export const ofType = (resources: Resources, type: string): ResolvedResource[] =>
  [...resources.values()].filter((resource) => resource.type === type);

/** The tables of the template. The resolver has checked the template; the engine checks the definition. */
export const tableDefinitions = (resources: Resources): readonly TableDefinition[] =>
  ofType(resources, 'AWS::DynamoDB::Table').map(
    ({ physicalName, properties }) =>
      ({ ...properties, TableName: physicalName }) as unknown as TableDefinition,
  );
