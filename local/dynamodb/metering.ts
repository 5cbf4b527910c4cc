import { actionOf, objectAt, objectsAt, type WireObject } from './wire.ts';

/** A request with what counting needs added to it. */
export interface MeteredRequest {
  readonly request: WireObject;
  /** Asks for the same items whole, when the request itself would be billed too little for a projection of them. */
  readonly measure: WireObject | undefined;
  /** Takes out of the reply what the caller did not ask for; the same object when that is nothing. */
  readonly withoutExtras: (reply: WireObject) => WireObject;
}

const CAPACITY = { ReturnConsumedCapacity: 'TOTAL' };
const IMAGE_ON_FAILURE = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };

const omit = (object: WireObject, field: string): WireObject => {
  if (!(field in object)) return object;
  const { [field]: _, ...rest } = object;
  return rest;
};

const asksForCapacity = (request: WireObject): boolean =>
  request['ReturnConsumedCapacity'] !== undefined && request['ReturnConsumedCapacity'] !== 'NONE';

const lacksImage = (write: WireObject): boolean =>
  (write['ConditionExpression'] !== undefined || write['Expected'] !== undefined) &&
  write['ReturnValuesOnConditionCheckFailure'] !== 'ALL_OLD';

const isProjected = (get: WireObject): boolean =>
  get['ProjectionExpression'] !== undefined || get['AttributesToGet'] !== undefined;

const wholeItem = ({ TableName, Key, ConsistentRead }: WireObject): WireObject => ({
  TableName,
  Key,
  ...(ConsistentRead !== undefined && { ConsistentRead }),
});

// The engine bills these two operations for the projection; AWS, and the engine elsewhere, for the whole item.
const measureOf = (operation: string, request: WireObject): WireObject | undefined => {
  if (operation === 'GetItem' && isProjected(request)) return { ...wholeItem(request), ...CAPACITY };
  if (operation !== 'TransactGetItems') return undefined;
  const gets = objectsAt(request['TransactItems']).map((entry) => actionOf(entry)[1]);
  if (!gets.some(isProjected)) return undefined;
  return { TransactItems: gets.map((get) => ({ Get: wholeItem(get) })), ...CAPACITY };
};

const withImagesInTransaction = (request: WireObject): WireObject => {
  const entries = objectsAt(request['TransactItems']);
  return {
    ...request,
    TransactItems: entries.map((entry) => {
      const [kind, action] = actionOf(entry);
      return lacksImage(action) ? { [kind]: { ...action, ...IMAGE_ON_FAILURE } } : entry;
    }),
  };
};

const withImages = (operation: string, request: WireObject): WireObject => {
  if (operation === 'TransactWriteItems') return withImagesInTransaction(request);
  return lacksImage(request) ? { ...request, ...IMAGE_ON_FAILURE } : request;
};

const withoutImages = (request: WireObject, reply: WireObject): WireObject => {
  if (reply['__type'] === undefined) return reply;
  if (lacksImage(request)) return omit(reply, 'Item');
  const reasons = reply['CancellationReasons'];
  if (!Array.isArray(reasons)) return reply;
  const entries = objectsAt(request['TransactItems']);
  const isHidden = (index: number): boolean => lacksImage(actionOf(objectAt(entries[index]))[1]);
  return {
    ...reply,
    CancellationReasons: objectsAt(reasons).map((reason, index) =>
      isHidden(index) ? omit(reason, 'Item') : reason,
    ),
  };
};

/** Makes a request's cost visible: its capacity when it succeeds, the stored items when a condition refuses it. */
export const meterRequest = (operation: string, request: WireObject): MeteredRequest => {
  const asked = asksForCapacity(request);
  return {
    request: { ...withImages(operation, request), ...(!asked && CAPACITY) },
    measure: measureOf(operation, request),
    withoutExtras: (reply) => withoutImages(request, asked ? reply : omit(reply, 'ConsumedCapacity')),
  };
};
