import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type DynamoDbCall,
  type DynamoDbGateway,
  startDynamoDbGateway,
} from '../../../local/dynamodb/gateway.ts';
import { ensureTables } from '../../../local/dynamodb/tables.ts';
import { EVENTS, sdkOptions, type TemporaryEngine, temporaryEngine } from './engine-setup.ts';

const TableName = 'events';
const Key = { pk: { S: 'é😀' }, sk: { S: '1' } };
const stored = { ...Key, d: { S: 'kept' } };
const refused = { TableName, Item: Key, ConditionExpression: 'attribute_not_exists(pk)' };

let engine: TemporaryEngine;
let gateway: DynamoDbGateway;
let client: DynamoDBClient;
let calls: DynamoDbCall[] = [];
beforeAll(async () => {
  engine = await temporaryEngine();
  await ensureTables(engine.endpoint, [EVENTS]);
  gateway = await startDynamoDbGateway({ engine: engine.endpoint, onCall: (call) => calls.push(call) });
  client = new DynamoDBClient(sdkOptions(gateway.endpoint));
  await client.send(new PutItemCommand({ TableName, Item: stored }));
});
afterAll(async () => {
  client.destroy();
  await gateway.close();
  await engine.close();
});
beforeEach(() => {
  calls = [];
});

const raw = async (endpoint: string, operation: string, body: string) => {
  const reply = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20300101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20300101/r/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body,
  });
  return { status: reply.status, crc32: reply.headers.get('x-amz-crc32'), body: await reply.json() };
};

describe('what callers see through the gateway', () => {
  it.each([
    ['GetItem', { TableName, Key }],
    ['GetItem', { TableName, Key, ReturnConsumedCapacity: 'NONE', ProjectionExpression: 'd' }],
    ['GetItem', { TableName, Key, ReturnConsumedCapacity: 'INDEXES' }],
    ['PutItem', refused],
    ['PutItem', { ...refused, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }],
    ['PutItem', { TableName, Item: Key, Expected: { pk: { Exists: false } } }],
    ['TransactWriteItems', { TransactItems: [{ Put: refused }] }],
    ['GetItem', { TableName: 'absent', Key }],
    ['GetItem', {}],
    ['NoSuchOperation', {}],
  ])('is what the engine answers without it: %s %j', async (operation, request) => {
    const body = JSON.stringify(request);
    const direct = await raw(engine.endpoint, operation, body);
    const through = await raw(gateway.endpoint, operation, body);
    expect(through).toEqual({ ...direct, crc32: through.crc32 });
  });

  it('has no checksum of bytes that are no longer there', async () => {
    const untouched = JSON.stringify({ TableName, Key, ReturnConsumedCapacity: 'TOTAL' });
    expect((await raw(gateway.endpoint, 'GetItem', untouched)).crc32).not.toBeNull();
    expect((await raw(gateway.endpoint, 'GetItem', JSON.stringify({ TableName, Key }))).crc32).toBeNull();
  });

  it('includes the stored item after a failed condition only when asked for', async () => {
    const attempt = (more: object) =>
      client.send(new PutItemCommand({ ...refused, ...more })).catch((error: unknown) => error);
    const silent = await attempt({});
    const telling = await attempt({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    expect(silent).toBeInstanceOf(ConditionalCheckFailedException);
    expect(silent).toMatchObject({ Item: undefined });
    expect(telling).toMatchObject({ Item: stored });
  });

  it('includes stored items only for those actions of a cancelled transaction that asked', async () => {
    const check = { TableName, Key, ConditionExpression: 'attribute_not_exists(pk)' };
    const other = { ...refused, Item: { ...Key, sk: { S: '2' } } };
    await client.send(new PutItemCommand({ TableName, Item: other.Item }));
    const telling = { ...check, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const };
    const error = await client
      .send(new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: telling }, { Put: other }] }))
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    const [first, second] = (error as TransactionCanceledException).CancellationReasons ?? [];
    expect(first).toMatchObject({ Code: 'ConditionalCheckFailed', Item: stored });
    expect(second?.Code).toBe('ConditionalCheckFailed');
    expect(second?.Item).toBeUndefined();
  });

  it('is an internal error, which the SDK retries, when the engine is gone', async () => {
    const orphan = await startDynamoDbGateway({ engine: 'http://127.0.0.1:9' });
    const lost = new DynamoDBClient(sdkOptions(orphan.endpoint));
    await expect(lost.send(new GetItemCommand({ TableName, Key }))).rejects.toMatchObject({
      name: 'InternalServerError',
      $metadata: { httpStatusCode: 500 },
    });
    await orphan.close();
  });
});

describe('what the gateway reports', () => {
  it('names the caller from the path of the endpoint, also when that comes from the environment', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `${gateway.endpoint}/as/deliver`);
    const { endpoint: _, ...options } = sdkOptions('');
    await new DynamoDBClient(options).send(new GetItemCommand({ TableName, Key }));
    vi.unstubAllEnvs();
    expect(calls).toEqual([
      {
        operation: 'GetItem',
        tables: ['events'],
        caller: 'deliver',
        readUnits: 0.5,
        writeUnits: 0,
        status: 200,
      },
    ]);
  });

  it('has calls that cost nothing too, and refused ones with their status', async () => {
    await client.send(new DescribeTableCommand({ TableName }));
    await client.send(new GetItemCommand({ TableName: 'absent', Key })).catch(() => undefined);
    expect(calls).toMatchObject([
      { operation: 'DescribeTable', readUnits: 0, writeUnits: 0, status: 200 },
      { operation: 'GetItem', tables: ['absent'], readUnits: 0, writeUnits: 0, status: 400 },
    ]);
  });

  it('leaves out requests to the streams, which pass through', async () => {
    const streams = new DynamoDBStreamsClient(sdkOptions(`${gateway.endpoint}/as/reader`));
    const reply = await streams.send(new ListStreamsCommand({ TableName }));
    expect(reply.Streams).toHaveLength(1);
    expect(calls).toEqual([]);
  });

  it('tells calls that run at the same time apart', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `caller-${index}`);
    const query = new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :v',
      ExpressionAttributeValues: { ':v': Key.pk },
    });
    await Promise.all(
      names.map((name) => new DynamoDBClient(sdkOptions(`${gateway.endpoint}/as/${name}`)).send(query)),
    );
    expect(calls.map(({ caller }) => caller).sort()).toEqual(names.sort());
    expect(calls.every(({ readUnits }) => readUnits === 0.5)).toBe(true);
  });
});
