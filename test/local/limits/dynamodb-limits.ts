import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { type DynamoDbGateway, startDynamoDbGateway } from '#local/dynamodb/gateway.ts';
import { readIndexKeys } from '#local/dynamodb/index-keys.ts';
import { ensureTables, type TableDefinition } from '#local/dynamodb/tables.ts';
import { sdkOptions, type TemporaryEngine, temporaryEngine } from '../dynamodb/engine-setup.ts';

export const KB = 1024;
export const MB = 1024 * KB;

const attributes = (names: readonly string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));

const tableNamed = (TableName: string): TableDefinition => ({
  TableName,
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: attributes(['pk', 'sk', 'hash', 'range']),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byHash',
      KeySchema: [
        { AttributeName: 'hash', KeyType: 'HASH' },
        { AttributeName: 'range', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
});

/** An item of exactly that many bytes; its key has 11 of them beside the text of `pk`. */
export const itemOf = (bytes: number, pk = 'p') => {
  const key = { pk: { S: pk }, sk: { S: 'sort-key' } };
  const used = 'pk'.length + pk.length + 'sk'.length + 'sort-key'.length + 'd'.length;
  return { ...key, d: { S: 'x'.repeat(bytes - used) } };
};

/** `count` items of that size under keys of their own. */
export const itemsOf = (count: number, bytes: number, prefix = 'i') =>
  Array.from({ length: count }, (_, index) => itemOf(bytes, `${prefix}${String(index).padStart(3, '0')}`));

/** What came of a call: `ok`, or the error's name, status and message. */
export const outcomeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error) => `${error.name} ${error.$metadata?.httpStatusCode} ${error.message}`,
  );

/** The tables `one` and `two` behind a gateway that knows their index, for all tests of a file. */
export const limitedTables = () => {
  let engine: TemporaryEngine;
  let gateway: DynamoDbGateway;
  let client: DynamoDBClient;
  beforeAll(async () => {
    const tables = [tableNamed('one'), tableNamed('two')];
    engine = await temporaryEngine();
    await ensureTables(engine.endpoint, tables);
    gateway = await startDynamoDbGateway({ engine: engine.endpoint, indexKeysOf: readIndexKeys(tables) });
    client = new DynamoDBClient(sdkOptions(gateway.endpoint));
  });
  afterAll(async () => {
    client.destroy();
    await gateway.close();
    await engine.close();
  });
  return { client: () => client, endpoint: () => gateway.endpoint };
};
