import { objectAt, type WireObject } from '../dynamodb/wire.ts';

const EXPRESSIONS = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
];
const KEYWORDS = new Set(['ADD', 'AND', 'BETWEEN', 'DELETE', 'IN', 'NOT', 'OR', 'REMOVE', 'SET']);
// A name at the top of a document path: not a value, not after a dot, not a function.
const TOP_LEVEL_NAME = /(?<![:#\w.])(#\w+|[A-Za-z_]\w*)\b(?!\s*\()/g;
// The engine takes the two sides in either order.
const EQUALS_VALUE = /(#?\w+)\s*=\s*(:\w+)|(:\w+)\s*=\s*(#?\w+)/g;

/** The one scalar of an attribute value such as `{"S":"a"}`, as text. */
export const scalarOf = (value: unknown): string | undefined => {
  const [scalar] = Object.values(objectAt(value));
  return typeof scalar === 'string' ? scalar : undefined;
};

const namesIn = (expression: string, names: WireObject): string[] =>
  [...expression.matchAll(TOP_LEVEL_NAME)]
    .map(([, name = '']) => name)
    .filter((name) => !KEYWORDS.has(name.toUpperCase()))
    .map((name) => String(names[name] ?? name));

/** The top-level attributes that a request reads, writes or asks about, each once. */
export const attributesOf = (request: WireObject): string[] => {
  const names = objectAt(request['ExpressionAttributeNames']);
  const inExpressions = EXPRESSIONS.flatMap((member) => namesIn(String(request[member] ?? ''), names));
  const keys = [request['Key'], request['Item'], ...[request['Keys'] ?? []].flat()].map(objectAt);
  const listed = [request['AttributesToGet'] ?? []].flat().map(String);
  return [...new Set([...keys.flatMap((key) => Object.keys(key)), ...listed, ...inExpressions])];
};

/** The value that a Query asks of the partition key. */
export const queriedKey = (request: WireObject, partitionKey: string): string | undefined => {
  const names = objectAt(request['ExpressionAttributeNames']);
  const values = objectAt(request['ExpressionAttributeValues']);
  const condition = String(request['KeyConditionExpression'] ?? '');
  for (const [, left = '', right = '', value = right, name = left] of condition.matchAll(EQUALS_VALUE))
    if ((names[name] ?? name) === partitionKey) return scalarOf(values[value]);
  const legacy = objectAt(objectAt(request['KeyConditions'])[partitionKey])['AttributeValueList'];
  return scalarOf([legacy ?? []].flat()[0]);
};
