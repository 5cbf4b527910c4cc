import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { PARKED_INDEX } from '#contracts/parked-index.ts';
import { PLATFORM_INDEX } from '#contracts/platform-index.ts';
import { WAITING_INDEX } from '#contracts/waiting-index.ts';
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

const tableOf = (TableName: string) => ({
  TableName,
  KeySchema: KEY_ATTRIBUTES,
  AttributeDefinitions: attributes(['pk', 'sk']),
});

interface Index {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** Attributes beside the keys. */
  readonly included?: readonly string[];
}

const indexed = (TableName: string, { name, partitionKey, sortKey, included }: Index) => ({
  ...tableOf(TableName),
  AttributeDefinitions: attributes(['pk', 'sk', partitionKey, sortKey]),
  GlobalSecondaryIndexes: [
    {
      IndexName: name,
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' as const },
        { AttributeName: sortKey, KeyType: 'RANGE' as const },
      ],
      Projection:
        included === undefined
          ? { ProjectionType: 'KEYS_ONLY' as const }
          : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...included] },
    },
  ],
});

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
  await ensureTables(engine.endpoint, [
    indexed('connections', PLATFORM_INDEX),
    tableOf('secrets'),
    tableOf('outbox'),
    indexed('deliveries', WAITING_INDEX),
    indexed('limits', PARKED_INDEX),
  ]);
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
