/** A decoded JSON object of the DynamoDB protocol. */
export type WireObject = Readonly<Record<string, unknown>>;

/** The object at that place, or an empty one where there is something else. */
export const objectAt = (value: unknown): WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireObject) : {};

/** The JSON object that a message is; undefined for text that is not JSON. */
export const parseObject = (text: string): WireObject | undefined => {
  try {
    return objectAt(JSON.parse(text));
  } catch {
    return undefined;
  }
};

/** The objects at that place; a single one counts as a list of one. */
export const objectsAt = (value: unknown): readonly WireObject[] => {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(objectAt);
};

/** The one action in an entry of TransactItems, such as `['Put', {...}]`. */
export const actionOf = (entry: WireObject): readonly [kind: string, action: WireObject] => {
  const [kind, action] = Object.entries(entry)[0] ?? ['', {}];
  return [kind, objectAt(action)];
};

/** The tables that a request names, each once, without the rest of an ARN. */
export const tablesOf = (request: WireObject): string[] => {
  const named = [
    request['TableName'],
    ...Object.keys(objectAt(request['RequestItems'])),
    ...objectsAt(request['TransactItems']).map((entry) => actionOf(entry)[1]['TableName']),
  ];
  const names = named
    .filter((name) => typeof name === 'string')
    .map((name) => name.replace(/^arn:.*:table\//, ''));
  return [...new Set(names)];
};
