import { actionOf, objectAt, objectsAt, type WireObject } from '../dynamodb/wire.ts';
import { attributesOf, queriedKey, scalarOf } from './dynamodb-attributes.ts';
import type { Need, RequestContext } from './request-context.ts';
import type { TableNames } from './table-names.ts';

const TRANSACT_ACTIONS: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

const shortName = (table: unknown): string => String(table).replace(/^arn:.*:table\//, '');

const contextOf = (
  leading: readonly (string | undefined)[],
  attributes: readonly string[],
): RequestContext => {
  const keys = leading.filter((key) => key !== undefined);
  return new Map([
    ...(keys.length > 0 ? [['dynamodb:LeadingKeys', [...new Set(keys)]] as const] : []),
    ...(attributes.length > 0 ? [['dynamodb:Attributes', attributes] as const] : []),
  ]);
};

/** A request for one table: with a key, an item, a query, or only the table's name. */
const singleNeed = (operation: string, request: WireObject, names: TableNames): Need => {
  const table = shortName(request['TableName']);
  const index = typeof request['IndexName'] === 'string' ? request['IndexName'] : undefined;
  const partitionKey = names.partitionKey(table, index) ?? '';
  const keyed = objectAt(request['Key'] ?? request['Item']);
  const leading = scalarOf(keyed[partitionKey]) ?? queriedKey(request, partitionKey);
  const arn = names.arn(table);
  return {
    action: `dynamodb:${operation}`,
    resource: index === undefined ? arn : `${arn}/index/${index}`,
    context: contextOf([leading], attributesOf(request)),
  };
};

const keysOfBatch = (entry: unknown): WireObject[] => {
  if (!Array.isArray(entry)) return objectsAt(objectAt(entry)['Keys']).map(objectAt);
  return objectsAt(entry).map((write) => {
    const [, request] = actionOf(write);
    return objectAt(request['Item'] ?? request['Key']);
  });
};

const batchNeeds = (operation: string, request: WireObject, names: TableNames): Need[] =>
  Object.entries(objectAt(request['RequestItems'])).map(([name, entry]) => {
    const table = shortName(name);
    const partitionKey = names.partitionKey(table, undefined) ?? '';
    const keys = keysOfBatch(entry);
    const attributes = [...attributesOf(objectAt(entry)), ...keys.flatMap((key) => Object.keys(key))];
    return {
      action: `dynamodb:${operation}`,
      resource: names.arn(table),
      context: contextOf(
        keys.map((key) => scalarOf(key[partitionKey])),
        [...new Set(attributes)],
      ),
    };
  });

const transactNeeds = (request: WireObject, names: TableNames): Need[] =>
  objectsAt(request['TransactItems']).map((entry) => {
    const [kind, action] = actionOf(entry);
    return singleNeed(TRANSACT_ACTIONS[kind] ?? kind, action, names);
  });

// PartiQL is not read here: a statement could be any of these, on any table.
const PARTIQL_NEEDS: readonly Need[] = ['Delete', 'Insert', 'Select', 'Update'].map((kind) => ({
  action: `dynamodb:PartiQL${kind}`,
  resource: '*',
}));
const PARTIQL = new Set(['BatchExecuteStatement', 'ExecuteStatement', 'ExecuteTransaction']);

/** What a request of the DynamoDB API (or of its Streams) needs, table by table and action by action. */
export const dynamoDbNeeds = (operation: string, request: WireObject, names: TableNames): readonly Need[] => {
  if (PARTIQL.has(operation)) return PARTIQL_NEEDS;
  if (request['TransactItems'] !== undefined) return transactNeeds(request, names);
  if (request['RequestItems'] !== undefined) return batchNeeds(operation, request, names);
  if (request['TableName'] !== undefined) return [singleNeed(operation, request, names)];
  const resource = request['StreamArn'] ?? request['ResourceArn'] ?? '*';
  return [{ action: `dynamodb:${operation}`, resource: String(resource) }];
};
