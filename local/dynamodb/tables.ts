import { setTimeout as delay } from 'node:timers/promises';
import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  ResourceNotFoundException,
  type StreamViewType,
  type TableDescription,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';

/** The resolved properties of an AWS::DynamoDB::Table that an engine understands; others may be there and are ignored. */
export interface TableDefinition {
  readonly TableName: string;
  readonly KeySchema: KeySchemaElement[];
  readonly AttributeDefinitions: AttributeDefinition[];
  readonly GlobalSecondaryIndexes?: readonly Pick<
    GlobalSecondaryIndex,
    'IndexName' | 'KeySchema' | 'Projection'
  >[];
  readonly StreamSpecification?: { readonly StreamViewType?: StreamViewType };
  readonly TimeToLiveSpecification?: { readonly AttributeName?: string; readonly Enabled: boolean | string };
}

/** A table as the engine has it. `streamArn` is the engine's own, which is not the ARN AWS would give. */
export interface EnsuredTable {
  readonly tableName: string;
  readonly streamArn: string | undefined;
}

const ACTIVE_CHECKS_MAX = 600;
const ACTIVE_CHECK_MS = 50;

const describeTable = async (
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription | undefined> => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

const activeTable = async (client: DynamoDBClient, tableName: string): Promise<TableDescription> => {
  for (let check = 0; check < ACTIVE_CHECKS_MAX; check++) {
    const table = await describeTable(client, tableName);
    const indexes = table?.GlobalSecondaryIndexes ?? [];
    if (table?.TableStatus === 'ACTIVE' && indexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE'))
      return table;
    await delay(ACTIVE_CHECK_MS);
  }
  throw new Error(`The table ${tableName} did not become ACTIVE`);
};

const streamOf = (definition: TableDefinition) => {
  const view = definition.StreamSpecification?.StreamViewType;
  return view && { StreamEnabled: true, StreamViewType: view };
};

const indexesOf = (definition: TableDefinition): GlobalSecondaryIndex[] =>
  (definition.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));

const create = async (client: DynamoDBClient, definition: TableDefinition): Promise<void> => {
  const indexes = indexesOf(definition);
  await client.send(
    new CreateTableCommand({
      TableName: definition.TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: definition.KeySchema,
      AttributeDefinitions: definition.AttributeDefinitions,
      GlobalSecondaryIndexes: indexes.length > 0 ? indexes : undefined,
      StreamSpecification: streamOf(definition),
    }),
  );
};

const keyText = (keys: readonly KeySchemaElement[] | undefined): string =>
  (keys ?? []).map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).join(', ');

const update = async (
  client: DynamoDBClient,
  definition: TableDefinition,
  existing: TableDescription,
): Promise<void> => {
  const { TableName, AttributeDefinitions } = definition;
  if (keyText(existing.KeySchema) !== keyText(definition.KeySchema))
    throw new Error(
      `The table ${TableName} in the data directory has the key ${keyText(existing.KeySchema)}, but the template says ${keyText(definition.KeySchema)}`,
    );
  const stream = streamOf(definition);
  if (stream && !existing.LatestStreamArn)
    await client.send(new UpdateTableCommand({ TableName, StreamSpecification: stream }));
  const known = new Set(existing.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  for (const index of indexesOf(definition).filter(({ IndexName }) => !known.has(IndexName))) {
    await client.send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions,
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      }),
    );
    await activeTable(client, TableName);
  }
};

const ensureTimeToLive = async (client: DynamoDBClient, definition: TableDefinition): Promise<void> => {
  const { TableName, TimeToLiveSpecification: wanted } = definition;
  if (!wanted?.AttributeName || String(wanted.Enabled) !== 'true') return;
  const { TimeToLiveDescription: found } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (found?.TimeToLiveStatus === 'ENABLED') return;
  const TimeToLiveSpecification = { AttributeName: wanted.AttributeName, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
};

const ensureTable = async (client: DynamoDBClient, definition: TableDefinition): Promise<EnsuredTable> => {
  const { TableName } = definition;
  const existing = await describeTable(client, TableName);
  if (existing) await update(client, definition, existing);
  else await create(client, definition);
  const { LatestStreamArn } = await activeTable(client, TableName);
  await ensureTimeToLive(client, definition);
  return { tableName: TableName, streamArn: LatestStreamArn };
};

/**
 * Creates the tables that are absent and gives existing ones the streams and indexes they lack; data is never touched.
 * Returns them, all ACTIVE, in the given order. Throws when an existing table has another key.
 */
export const ensureTables = async (
  endpoint: string,
  tables: readonly TableDefinition[],
): Promise<readonly EnsuredTable[]> => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  try {
    const ensured: EnsuredTable[] = [];
    for (const table of tables) ensured.push(await ensureTable(client, table));
    return ensured;
  } finally {
    client.destroy();
  }
};
