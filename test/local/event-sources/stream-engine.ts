import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

const BINARY = new URL('../../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url).pathname;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  return address.port;
};

export interface StreamEngine {
  readonly db: DynamoDBClient;
  /** A client of its own for each caller. */
  readonly streamsClient: () => DynamoDBStreamsClient;
  /** A directory that is removed with the engine. */
  readonly directory: string;
  /** Creates a table with key `pk` and a stream; resolves with the engine's stream ARN. */
  readonly createTable: (name: string) => Promise<string>;
  readonly put: (table: string, pk: string, v: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The real engine on a port of its own, with an empty database. */
export const startStreamEngine = async (): Promise<StreamEngine> => {
  const directory = mkdtempSync(join(tmpdir(), 'streams-'));
  const port = await freePort();
  const args = [
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--db-path',
    join(directory, 'test.db'),
  ];
  const engine = spawn(BINARY, args, { stdio: 'ignore' });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const config = { endpoint: `http://127.0.0.1:${port}`, region: 'eu-west-1', credentials };
  const db = new DynamoDBClient({ ...config, maxAttempts: 1 });
  await untilReady(db);
  return {
    db,
    streamsClient: () => new DynamoDBStreamsClient({ ...config, maxAttempts: 1 }),
    directory,
    async createTable(TableName) {
      const reply = await db.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        }),
      );
      return reply.TableDescription?.LatestStreamArn ?? '';
    },
    async put(TableName, pk, v) {
      await db.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, v: { N: String(v) } } }));
    },
    async stop() {
      engine.kill();
      await once(engine, 'exit');
      rmSync(directory, { recursive: true });
    },
  };
};

const untilReady = async (db: DynamoDBClient): Promise<void> => {
  for (;;) {
    const ready = await db.send(new ListTablesCommand({})).then(
      () => true,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
