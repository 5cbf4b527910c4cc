import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamoDbEngine, startDynamoDbEngine } from '../../../local/dynamodb/engine.ts';
import {
  type DynamoDbCall,
  type DynamoDbGateway,
  startDynamoDbGateway,
} from '../../../local/dynamodb/gateway.ts';
import { ensureTables, type TableDefinition } from '../../../local/dynamodb/tables.ts';

export const sdkOptions = (endpoint: string) => ({
  endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
});

export interface TemporaryEngine extends DynamoDbEngine {
  readonly file: string;
}

/** An engine on a new database file; closing it deletes the file. */
export const temporaryEngine = async (): Promise<TemporaryEngine> => {
  const directory = mkdtempSync(join(tmpdir(), 'dynamodb-'));
  const file = join(directory, 'tables.db');
  const engine = await startDynamoDbEngine({ file, environment: {} });
  return {
    ...engine,
    file,
    async close() {
      await engine.close();
      rmSync(directory, { recursive: true });
    },
  };
};

export const EVENTS: TableDefinition = {
  TableName: 'events',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'g1', 'g2'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'whole',
      KeySchema: [{ AttributeName: 'g1', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
    {
      IndexName: 'keys',
      KeySchema: [{ AttributeName: 'g2', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

export interface Counted {
  readonly gateway: DynamoDbGateway;
  readonly client: DynamoDBClient;
  /** Runs one call and returns what the gateway counted for it; a refusal by DynamoDB is an outcome too. */
  readonly count: (call: (client: DynamoDBClient) => Promise<unknown>) => Promise<DynamoDbCall>;
  readonly close: () => Promise<void>;
}

/** A gateway with the tables in front of an engine, and a client that talks through it. */
export const countedTables = async (engine: string, tables: readonly TableDefinition[]): Promise<Counted> => {
  await ensureTables(engine, tables);
  const calls: DynamoDbCall[] = [];
  const gateway = await startDynamoDbGateway({ engine, onCall: (call) => calls.push(call) });
  const client = new DynamoDBClient(sdkOptions(gateway.endpoint));
  return {
    gateway,
    client,
    async count(call) {
      calls.length = 0;
      await call(client).catch(() => undefined);
      const [only, ...others] = calls;
      if (!only || others.length > 0) throw new Error(`expected one counted call, got ${calls.length}`);
      return only;
    },
    async close() {
      client.destroy();
      await gateway.close();
    },
  };
};
