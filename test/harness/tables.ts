import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ensureTables } from '#local/dynamodb/tables.ts';
import { sdkOptions, temporaryEngine } from '../local/dynamodb/engine-setup.ts';

export interface Tables {
  readonly client: DynamoDBClient;
  readonly close: () => Promise<void>;
}

const KEY_ATTRIBUTES = [
  { AttributeName: 'pk', KeyType: 'HASH' as const },
  { AttributeName: 'sk', KeyType: 'RANGE' as const },
];

/** The stack's tables, named like its constructs in lower case, in an engine of their own; and a client for it. */
export const startTables = async (): Promise<Tables> => {
  const engine = await temporaryEngine();
  await ensureTables(
    engine.endpoint,
    ['connections', 'secrets', 'outbox', 'deliveries'].map((TableName) => ({
      TableName,
      KeySchema: KEY_ATTRIBUTES,
      AttributeDefinitions: KEY_ATTRIBUTES.map(({ AttributeName }) => ({
        AttributeName,
        AttributeType: 'S',
      })),
    })),
  );
  const client = new DynamoDBClient(sdkOptions(engine.endpoint));
  return {
    client,
    async close() {
      client.destroy();
      await engine.close();
    },
  };
};
