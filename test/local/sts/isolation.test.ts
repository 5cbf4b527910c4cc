import {
  BatchGetItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allow,
  KEY_ARN,
  QUEUE_ARN,
  ROLE_ARN,
  TABLE_ARN,
  TENANT_ROLE_ARN,
  variable,
} from '../iam/iam-setup.ts';
import { type Credentials, callSts, credentialsIn, type StsWorld, startStsWorld } from './sts-world.ts';

const TENANT = variable('aws:PrincipalTag/tenant_id');
const TableName = 'events';
const HOUR_MS = 3_600_000;

let world: StsWorld;
beforeAll(async () => {
  world = await startStsWorld({
    statements: [allow(['dynamodb:*', 'kms:*'], '*')],
    assumable: {
      trust: [
        {
          Effect: 'Allow',
          Principal: { AWS: ROLE_ARN },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Condition: { Null: { 'aws:RequestTag/tenant_id': 'false' } },
        },
      ],
      statements: [
        allow('dynamodb:*', [TABLE_ARN, `${TABLE_ARN}/index/*`], {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': `T#${TENANT}#*` },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        }),
        allow(['kms:Encrypt', 'kms:Decrypt'], KEY_ARN, {
          StringEquals: { 'kms:EncryptionContext:tenant_id': TENANT },
        }),
        allow('sqs:SendMessage', QUEUE_ARN),
      ],
    },
  });
  const { dynamodb } = world.clients();
  for (const tenant of ['12', '123', '13'])
    await dynamodb.send(new PutItemCommand({ TableName, Item: itemOf(tenant) }));
});
afterAll(() => world.stop());

const Key = (tenant: string) => ({ pk: { S: `T#${tenant}#1` }, sk: { S: 'a' } });
const itemOf = (tenant: string) => ({ ...Key(tenant), owner: { S: `T#${tenant}#x` } });

const sessionFor = async (tenant: string): Promise<Required<Credentials>> =>
  credentialsIn(
    await callSts(world.sts, {
      Action: 'AssumeRole',
      RoleArn: TENANT_ROLE_ARN,
      RoleSessionName: 'work',
      'Tags.member.1.Key': 'tenant_id',
      'Tags.member.1.Value': tenant,
    }),
  );

const DENIED = { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } };

describe('a session for one tenant', () => {
  it("reads that tenant's rows, by key, in a batch, by query and through an index", async () => {
    const { dynamodb } = world.clients(await sessionFor('12'));
    const got = await dynamodb.send(new GetItemCommand({ TableName, Key: Key('12') }));
    expect(got.Item).toEqual(itemOf('12'));
    const batch = { RequestItems: { [TableName]: { Keys: [Key('12')] } } };
    expect((await dynamodb.send(new BatchGetItemCommand(batch))).Responses?.[TableName]).toHaveLength(1);
    expect((await dynamodb.send(queryOf('12'))).Items).toHaveLength(1);
    expect((await dynamodb.send(indexQueryOf('12'))).Items).toHaveLength(1);
  });

  const queryOf = (tenant: string) =>
    new QueryCommand({
      TableName,
      KeyConditionExpression: '#p = :p',
      ExpressionAttributeNames: { '#p': 'pk' },
      ExpressionAttributeValues: { ':p': Key(tenant).pk },
    });
  const indexQueryOf = (tenant: string) =>
    new QueryCommand({
      TableName,
      IndexName: 'by-owner',
      KeyConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':o': { S: `T#${tenant}#x` } },
    });

  it.each(['13', '123'])('of id 12 reaches no row of tenant %s, in no way', async (other) => {
    const { dynamodb } = world.clients(await sessionFor('12'));
    const mixed = { RequestItems: { [TableName]: { Keys: [Key('12'), Key(other)] } } };
    const Update = {
      TableName,
      Key: Key(other),
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': { N: '1' } },
    };
    const TransactItems = [{ Put: { TableName, Item: itemOf('12') } }, { Update }];
    await expect(dynamodb.send(new GetItemCommand({ TableName, Key: Key(other) }))).rejects.toMatchObject(
      DENIED,
    );
    await expect(dynamodb.send(new BatchGetItemCommand(mixed))).rejects.toMatchObject(DENIED);
    await expect(dynamodb.send(queryOf(other))).rejects.toMatchObject(DENIED);
    await expect(dynamodb.send(indexQueryOf(other))).rejects.toMatchObject(DENIED);
    await expect(dynamodb.send(new PutItemCommand({ TableName, Item: itemOf(other) }))).rejects.toMatchObject(
      DENIED,
    );
    await expect(dynamodb.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toMatchObject(
      DENIED,
    );
  });

  it('cannot scan, which names no tenant', async () => {
    const { dynamodb } = world.clients(await sessionFor('12'));
    await expect(dynamodb.send(new ScanCommand({ TableName }))).rejects.toMatchObject(DENIED);
  });

  it('opens what was sealed for that tenant, and seals for no other', async () => {
    const sealed = async (tenant: string) => {
      const { CiphertextBlob } = await world.clients().kms.send(
        new EncryptCommand({
          KeyId: KEY_ARN,
          Plaintext: Buffer.from(tenant),
          EncryptionContext: { tenant_id: tenant },
        }),
      );
      return { CiphertextBlob, EncryptionContext: { tenant_id: tenant } };
    };
    const { kms } = world.clients(await sessionFor('12'));
    const opened = await kms.send(new DecryptCommand(await sealed('12')));
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe('12');
    await expect(kms.send(new DecryptCommand(await sealed('123')))).rejects.toMatchObject(DENIED);
    const forOther = { tenant_id: '13' };
    const encrypt = { KeyId: KEY_ARN, Plaintext: Buffer.from('x'), EncryptionContext: forOther };
    await expect(kms.send(new EncryptCommand(encrypt))).rejects.toMatchObject(DENIED);
  });

  it('is known to SQS, and refused what only the function may', async () => {
    const { sqs, dynamodb } = world.clients(await sessionFor('12'));
    const message = new SendMessageCommand({ QueueUrl: world.queueUrl, MessageBody: 'x' });
    await expect(sqs.send(message)).resolves.toHaveProperty('MessageId');
    await expect(world.clients().sqs.send(message)).rejects.toMatchObject({ name: 'AccessDenied' });
    const anyRow = new GetItemCommand({ TableName, Key: Key('13') });
    await expect(world.clients().dynamodb.send(anyRow)).resolves.toHaveProperty('Item');
    await expect(dynamodb.send(anyRow)).rejects.toMatchObject(DENIED);
    expect(world.denied.at(-1)).toMatchObject({ functionName: 'worker', assumedRole: 'tenant-role' });
  });

  it('counts as the function at whose endpoint it calls, and is judged where that names nobody', async () => {
    const credentials = await sessionFor('12');
    const own = new GetItemCommand({ TableName, Key: Key('12') });
    await world.clients(credentials).dynamodb.send(own);
    expect(world.calls.at(-1)).toMatchObject({ operation: 'GetItem', caller: 'worker' });
    const nobody = world.clients(credentials, '').dynamodb;
    await nobody.send(own);
    expect(world.calls.at(-1)).toMatchObject({ operation: 'GetItem', caller: '' });
    const other = new GetItemCommand({ TableName, Key: Key('13') });
    await expect(nobody.send(other)).rejects.toMatchObject(DENIED);
  });
});

describe('temporary credentials', () => {
  const calls = (credentials: Credentials) => {
    const { dynamodb, kms, sqs } = world.clients(credentials);
    const EncryptionContext = { tenant_id: '12' };
    return [
      dynamodb.send(new GetItemCommand({ TableName, Key: Key('12') })),
      kms.send(new EncryptCommand({ KeyId: KEY_ARN, Plaintext: Buffer.from('x'), EncryptionContext })),
      sqs.send(new SendMessageCommand({ QueueUrl: world.queueUrl, MessageBody: 'x' })),
    ];
  };
  const errorsOf = async (credentials: Credentials) =>
    (await Promise.allSettled(calls(credentials))).map((result) =>
      result.status === 'rejected'
        ? [result.reason.name, result.reason.$metadata.httpStatusCode, result.reason.message]
        : ['allowed'],
    );

  it('are good for an hour of the clock, and then at no service', async () => {
    const credentials = await sessionFor('12');
    await world.clock.advance(HOUR_MS - 1);
    expect(await errorsOf(credentials)).toEqual([['allowed'], ['allowed'], ['allowed']]);
    await world.clock.advance(1);
    const message = 'The security token included in the request is expired';
    expect(await errorsOf(credentials)).toEqual([
      ['ExpiredTokenException', 400, message],
      ['ExpiredTokenException', 400, message],
      // SQS keeps the code of its older protocol, and the SDK goes by that.
      ['ExpiredToken', 403, message],
    ]);
    const identity = await callSts(world.sts, { Action: 'GetCallerIdentity' }, credentials);
    expect([identity.status, identity.text('Code')]).toEqual([403, 'ExpiredToken']);
  });

  it('that were never given, or come without their token, are worth nothing, not even what the function may', async () => {
    const { sessionToken, ...withoutToken } = await sessionFor('12');
    const made = { accessKeyId: 'ASIAMADEUPMADEUPMADE', secretAccessKey: 'x', sessionToken };
    const another = { ...withoutToken, sessionToken: `${sessionToken}x` };
    const message = 'The security token included in the request is invalid.';
    for (const credentials of [withoutToken, made, another]) {
      expect(await errorsOf(credentials)).toEqual([
        ['UnrecognizedClientException', 400, message],
        ['UnrecognizedClientException', 400, message],
        ['InvalidClientTokenId', 403, message],
      ]);
      const identity = await callSts(world.sts, { Action: 'GetCallerIdentity' }, credentials);
      expect([identity.status, identity.text('Code')]).toEqual([403, 'InvalidClientTokenId']);
    }
  });

  it('are forgotten long after their end, when others are made', async () => {
    const old = await sessionFor('12');
    await world.clock.advance(2 * HOUR_MS);
    await sessionFor('12');
    expect((await errorsOf(old)).map((error) => error[0])).toEqual([
      'UnrecognizedClientException',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
    ]);
  });

  it('can assume a role again only where its trust policy names theirs', async () => {
    const credentials = await sessionFor('12');
    const again = { Action: 'AssumeRole', RoleArn: TENANT_ROLE_ARN, RoleSessionName: 'again' };
    const tags = { 'Tags.member.1.Key': 'tenant_id', 'Tags.member.1.Value': '13' };
    const reply = await callSts(world.sts, { ...again, ...tags }, credentials);
    expect([reply.status, reply.text('Message')]).toEqual([
      403,
      `User: arn:aws:sts::000000000000:assumed-role/tenant-role/work is not authorized to perform: sts:AssumeRole on resource: ${TENANT_ROLE_ARN}`,
    ]);
  });
});
