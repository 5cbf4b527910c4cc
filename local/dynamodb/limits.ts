import type { EngineReply } from './engine-client.ts';
import { type IndexKeysOf, putRefusal, updateRefusal } from './index-keys.ts';
import { itemBytes } from './item-size.ts';
import { actionOf, objectAt, objectsAt, type WireObject } from './wire.ts';

const REQUEST_BYTES_MAX = 16 * 1024 * 1024;
const BATCH_KEYS_MAX = 100;
const TRANSACTION_BYTES_MAX = 4 * 1024 * 1024;

const refusal = (status: number, body: string): EngineReply => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from(body),
});

const invalid = (message: string): EngineReply =>
  refusal(400, JSON.stringify({ __type: 'com.amazon.coral.validate#ValidationException', message }));

const cancelled = (messages: readonly (string | undefined)[]): EngineReply => {
  const reasons = messages.map((Message) =>
    Message === undefined ? { Code: 'None' } : { Code: 'ValidationError', Message },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  const body = {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: reasons,
  };
  return refusal(400, JSON.stringify(body));
};

const keysOf = (request: WireObject): number =>
  Object.values(objectAt(request['RequestItems'])).reduce(
    (total: number, table) => total + objectsAt(objectAt(table)['Keys']).length,
    0,
  );

const actionRefusal = (entry: WireObject, indexKeysOf: IndexKeysOf): string | undefined => {
  const [kind, action] = actionOf(entry);
  const keys = indexKeysOf(String(action['TableName']));
  if (kind === 'Put') return putRefusal(objectAt(action['Item']), keys);
  return kind === 'Update' ? updateRefusal(action, keys) : undefined;
};

const batchRefusal = (request: WireObject, indexKeysOf: IndexKeysOf): string | undefined =>
  Object.entries(objectAt(request['RequestItems']))
    .flatMap(([table, entries]) =>
      objectsAt(entries).map(({ PutRequest }) =>
        putRefusal(objectAt(objectAt(PutRequest)['Item']), indexKeysOf(table)),
      ),
    )
    .find((message) => message !== undefined);

const indexKeyRefusal = (
  operation: string,
  request: WireObject,
  indexKeysOf: IndexKeysOf,
): EngineReply | undefined => {
  if (operation === 'TransactWriteItems') {
    const messages = objectsAt(request['TransactItems']).map((entry) => actionRefusal(entry, indexKeysOf));
    return messages.some((message) => message !== undefined) ? cancelled(messages) : undefined;
  }
  // A PutItem is what a transaction calls a Put, an UpdateItem an Update.
  const asAction = { [operation.replace(/Item$/, '')]: request };
  const message =
    operation === 'BatchWriteItem'
      ? batchRefusal(request, indexKeysOf)
      : actionRefusal(asAction, indexKeysOf);
  return message === undefined ? undefined : invalid(message);
};

/**
 * The reply to a request that is beyond a limit which the engine does not know or words otherwise: 16 MB of request (413 without a
 * body, as dynalite found DynamoDB to answer), 100 keys of a BatchGetItem over all its tables, the key sizes of indexes.
 */
export const requestRefusal = (
  operation: string,
  request: WireObject,
  requestBytes: number,
  indexKeysOf: IndexKeysOf,
): EngineReply | undefined => {
  if (requestBytes > REQUEST_BYTES_MAX) return refusal(413, '');
  if (operation === 'BatchGetItem' && keysOf(request) > BATCH_KEYS_MAX)
    return invalid('Too many items requested for the BatchGetItem call');
  return indexKeyRefusal(operation, request, indexKeysOf);
};

/**
 * The reply to a TransactGetItems whose items, whole, have more than 4 MB together. That it is rejected is documented; the text
 * is the documentation's reason, for DynamoDB's own is not known.
 */
export const readRefusal = (operation: string, reply: WireObject): EngineReply | undefined => {
  if (operation !== 'TransactGetItems') return undefined;
  const bytes = objectsAt(reply['Responses']).reduce((total, { Item }) => total + itemBytes(Item), 0);
  return bytes > TRANSACTION_BYTES_MAX
    ? invalid('The aggregate size of the items in the transaction exceeded 4 MB.')
    : undefined;
};
