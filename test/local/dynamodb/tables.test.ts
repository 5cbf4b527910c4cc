import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTables, type TableDefinition } from '../../../local/dynamodb/tables.ts';
import { EVENTS, sdkOptions, type TemporaryEngine, temporaryEngine } from './engine-setup.ts';

let engine: TemporaryEngine;
let client: DynamoDBClient;
beforeAll(async () => {
  engine = await temporaryEngine();
  client = new DynamoDBClient(sdkOptions(engine.endpoint));
});
afterAll(async () => {
  client.destroy();
  await engine.close();
});

const named = (TableName: string, changes: Partial<TableDefinition> = {}): TableDefinition => ({
  ...EVENTS,
  TableName,
  ...changes,
});
const withoutIndexes = {
  GlobalSecondaryIndexes: undefined,
  StreamSpecification: undefined,
  AttributeDefinitions: EVENTS.AttributeDefinitions.slice(0, 2),
};
const described = async (TableName: string) =>
  (await client.send(new DescribeTableCommand({ TableName }))).Table;

describe('tables', () => {
  it('are created ACTIVE with their indexes, and their stream is the one returned', async () => {
    const [table] = await ensureTables(engine.endpoint, [named('created')]);
    expect(await described('created')).toMatchObject({
      TableStatus: 'ACTIVE',
      GlobalSecondaryIndexes: [{ IndexName: 'whole' }, { IndexName: 'keys' }],
      LatestStreamArn: table?.streamArn,
    });
    const streams = new DynamoDBStreamsClient(sdkOptions(engine.endpoint));
    const stream = await streams.send(new DescribeStreamCommand({ StreamArn: table?.streamArn }));
    expect(stream.StreamDescription).toMatchObject({
      TableName: 'created',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
  });

  it('are returned in the order asked, without a stream ARN where there is no stream', async () => {
    const plain = named('plain', withoutIndexes);
    const ensured = await ensureTables(engine.endpoint, [plain, named('streamed')]);
    expect(ensured).toEqual([
      { tableName: 'plain', streamArn: undefined },
      { tableName: 'streamed', streamArn: expect.stringContaining('streamed') },
    ]);
  });

  it('expire items by the attribute the template names, even when CloudFormation writes a boolean as text', async () => {
    const expiring = named('expiring', {
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: 'true' },
    });
    await ensureTables(engine.endpoint, [expiring]);
    await ensureTables(engine.endpoint, [expiring]);
    const { TimeToLiveDescription } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: 'expiring' }),
    );
    expect(TimeToLiveDescription).toEqual({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
  });

  it('keep their items and their stream when they are there already', async () => {
    const [before] = await ensureTables(engine.endpoint, [named('kept')]);
    const Item = { pk: { S: 'a' }, sk: { S: '1' } };
    await client.send(new PutItemCommand({ TableName: 'kept', Item }));
    const [after] = await ensureTables(engine.endpoint, [named('kept')]);
    expect(after).toEqual(before);
    const found = await client.send(
      new QueryCommand({
        TableName: 'kept',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'a' } },
      }),
    );
    expect(found.Items).toEqual([Item]);
  });

  it('get the indexes and the stream that a newer template adds, filled from their items', async () => {
    await ensureTables(engine.endpoint, [named('grown', withoutIndexes)]);
    const Item = { pk: { S: 'a' }, sk: { S: '1' }, g1: { S: 'g' } };
    await client.send(new PutItemCommand({ TableName: 'grown', Item }));
    const [table] = await ensureTables(engine.endpoint, [named('grown')]);
    expect(table?.streamArn).toContain('grown');
    const found = await client.send(
      new QueryCommand({
        TableName: 'grown',
        IndexName: 'whole',
        KeyConditionExpression: 'g1 = :g',
        ExpressionAttributeValues: { ':g': { S: 'g' } },
      }),
    );
    expect(found.Items).toEqual([Item]);
  });

  it('are refused when the data directory has them with another key', async () => {
    await ensureTables(engine.endpoint, [named('rekeyed')]);
    const other = named('rekeyed', { KeySchema: EVENTS.KeySchema.slice(0, 1) });
    await expect(ensureTables(engine.endpoint, [other])).rejects.toThrow(
      /rekeyed in the data directory has the key/,
    );
  });
});
