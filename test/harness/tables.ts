import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { PLATFORM_INDEX } from '#contracts/platform-index.ts';
import { ensureTables } from '#local/dynamodb/tables.ts';
import { sdkOptions, temporaryEngine } from '../local/dynamodb/engine-setup.ts';

export interface Tables {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

const KEY_ATTRIBUTES = [
  { AttributeName: 'pk', KeyType: 'HASH' as const },
  { AttributeName: 'sk', KeyType: 'RANGE' as const },
];

const attributes = (names: readonly string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));

const { name: IndexName, partitionKey, sortKey } = PLATFORM_INDEX;
const platformIndex = {
  IndexName,
  KeySchema: [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
};

const indexed = {
  AttributeDefinitions: attributes(['pk', 'sk', partitionKey, sortKey]),
  GlobalSecondaryIndexes: [platformIndex],
};

/** Deletes all items of some tables. */
export const emptyTables = async ({ client }: Tables, names: readonly string[]): Promise<void> => {
  for (const TableName of names) {
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    const keys = Items.map(({ pk, sk }) => ({ pk, sk }) as Record<string, AttributeValue>);
    await Promise.all(keys.map((Key) => client.send(new DeleteItemCommand({ TableName, Key }))));
  }
};

/** The stack's tables, named like its constructs in lower case, in an engine of their own; and a client for it. */
export const startTables = async (): Promise<Tables> => {
  const engine = await temporaryEngine();
  await ensureTables(
    engine.endpoint,
    ['connections', 'secrets', 'outbox', 'deliveries'].map((TableName) => ({
      TableName,
      KeySchema: KEY_ATTRIBUTES,
      ...(TableName === 'connections' ? indexed : { AttributeDefinitions: attributes(['pk', 'sk']) }),
    })),
  );
  const client = new DynamoDBClient(sdkOptions(engine.endpoint));
  return {
    client,
    endpoint: engine.endpoint,
    async close() {
      client.destroy();
      await engine.close();
    },
  };
};
