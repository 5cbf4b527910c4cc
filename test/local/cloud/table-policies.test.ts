import { DeleteItemCommand, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allow, deny, ROLE_ARN, TABLE_ARN } from '../iam/iam-setup.ts';
import { type StsWorld, startStsWorld } from '../sts/sts-world.ts';

const StreamArn = `${TABLE_ARN}/stream/2026-01-01T00:00:00.000`;
const TableName = 'events';
const Key = { pk: { S: 'a' }, sk: { S: 'b' } };
const Principal = { AWS: ROLE_ARN };

let world: StsWorld;
beforeAll(async () => {
  world = await startStsWorld({
    statements: [allow('dynamodb:DeleteItem', TABLE_ARN)],
    tablePolicy: [
      { ...allow(['dynamodb:GetItem', 'dynamodb:Query'], [TABLE_ARN, `${TABLE_ARN}/index/*`]), Principal },
      { ...deny('dynamodb:DeleteItem', '*'), Principal: '*' },
    ],
    streamPolicy: [{ ...allow('dynamodb:DescribeStream', '*'), Principal }],
  });
});
afterAll(() => world.stop());

describe('a table with a policy of its own', () => {
  it('is open to the function that it names, with its indexes', async () => {
    const { dynamodb } = world.clients();
    await expect(dynamodb.send(new GetItemCommand({ TableName, Key }))).resolves.toBeDefined();
    const query = {
      TableName,
      IndexName: 'by-owner',
      KeyConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':o': { S: 'x' } },
    };
    await expect(dynamodb.send(new QueryCommand(query))).resolves.toMatchObject({ Count: 0 });
    expect(world.denied).toEqual([]);
  });

  it('refuses what it forbids, though the role allows it, and tells that the resource does', async () => {
    const deleting = world.clients().dynamodb.send(new DeleteItemCommand({ TableName, Key }));
    await expect(deleting).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(/ with an explicit deny in a resource-based policy$/),
    });
    const statement = JSON.stringify({ ...deny('dynamodb:DeleteItem', '*'), Principal: '*' });
    expect(world.denied).toEqual([
      { functionName: 'worker', action: 'dynamodb:DeleteItem', resource: TABLE_ARN, statement },
    ]);
  });

  it('has a stream with another policy', async () => {
    const { endpoint, region, credentials } = world.clients().dynamodb.config;
    const streams = new DynamoDBStreamsClient({ endpoint, region, credentials, maxAttempts: 1 });
    const described = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const ShardId = described.StreamDescription?.Shards?.[0]?.ShardId;
    const iterator = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    await expect(streams.send(new GetShardIteratorCommand(iterator))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    streams.destroy();
  });
});
