import { DescribeTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROVIDER_PURPOSE } from '../../contracts/secrets-purpose.ts';
import type { Denied } from '../../local/iam/denial.ts';
import { bootTemplate, readTemplate } from './booted.ts';

type Booted = Awaited<ReturnType<typeof bootTemplate>>;

describe('a call that the role of its function does not allow', () => {
  const denied: Denied[] = [];
  let booted: Booted;
  beforeAll(async () => {
    booted = await bootTemplate(readTemplate(), { onDenied: (one) => denied.push(one) });
  });
  afterAll(() => booted.stop());

  const resource = (id: string) =>
    [...booted.cloud.resources.values()].find(({ logicalId }) => logicalId.startsWith(id));
  const functionName = (id: string) => resource(`${id}Function`)?.physicalName ?? '';
  const tableName = (id: string) => resource(id)?.physicalName ?? '';

  /** Options of a client that calls as the function does, or as nobody. */
  const as = (endpoint: string, name?: string) => ({
    endpoint: name === undefined ? endpoint : `${endpoint}/as/${name}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const engines = () => booted.cloud.engines;
  const text = (name: string, action: string, arn: string) =>
    expect.stringMatching(
      new RegExp(
        `^User: arn:aws:sts::000000000000:assumed-role/Crossdock-\\w+Role\\w+/${name} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action$`,
      ),
    );
  const Key = { pk: { S: 'a' }, sk: { S: 'b' } };

  it('of DynamoDB is answered like AWS answers it, and told to the observer', async () => {
    const name = functionName('ApiPublish');
    const client = new DynamoDBClient(as(engines().gateway.endpoint, name));
    const call = client.send(new GetItemCommand({ TableName: tableName('StorageOutbox'), Key }));
    const arn = resource('StorageOutbox')?.arn ?? '';
    await expect(call).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: text(name, 'dynamodb:GetItem', arn),
      $metadata: { httpStatusCode: 400 },
    });
    const statement = JSON.stringify({ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arn });
    const told = { functionName: name, action: 'dynamodb:GetItem', resource: arn, statement };
    expect(denied).toContainEqual(told);
    client.destroy();
  });

  it('of a stream is refused too', async () => {
    const name = functionName('ApiPublish');
    const client = new DynamoDBStreamsClient(as(engines().gateway.endpoint, name));
    const StreamArn = `${resource('StorageOutbox')?.arn}/stream/2026-01-01T00:00:00.000`;
    await expect(client.send(new DescribeStreamCommand({ StreamArn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: text(name, 'dynamodb:DescribeStream', StreamArn),
    });
    client.destroy();
  });

  it('of SQS is answered like AWS answers it', async () => {
    const name = functionName('Dispatch');
    const client = new SQSClient(as(engines().sqs.endpoint, name));
    const QueueUrl = engines().sqs.url(tableName('LanewebhookQuarantine'));
    const Entries = [{ Id: '1', MessageBody: 'x' }];
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: text(name, 'sqs:SendMessage', resource('LanewebhookQuarantine')?.arn ?? ''),
      $metadata: { httpStatusCode: 403 },
    });
    client.destroy();
  });

  it('of KMS is answered like AWS answers it: another encryption context is not allowed', async () => {
    const name = functionName('ApiConnect');
    const client = new KMSClient(as(engines().kms.endpoint, name));
    const KeyId = resource('StorageKey')?.arn;
    const generate = (purpose: string) =>
      client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: { purpose } }));
    await expect(generate(PROVIDER_PURPOSE)).resolves.toHaveProperty('Plaintext');
    await expect(generate('another')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: text(name, 'kms:GenerateDataKey', KeyId ?? ''),
      $metadata: { httpStatusCode: 400 },
    });
    client.destroy();
  });

  it('is refused to a caller that is no function of the template', async () => {
    const client = new DynamoDBClient(as(engines().gateway.endpoint, 'stranger'));
    const call = client.send(new GetItemCommand({ TableName: tableName('StorageOutbox'), Key }));
    await expect(call).rejects.toMatchObject({ name: 'AccessDeniedException' });
    client.destroy();
  });

  it('of STS is answered like AWS answers it; STS knows the function by its endpoint', async () => {
    const name = functionName('Dispatch');
    const ask = async (form: Record<string, string>) => {
      const body = new URLSearchParams(form);
      return (await fetch(`${engines().sts.endpoint}/as/${name}`, { method: 'POST', body })).text();
    };
    const role = 'arn:aws:iam::000000000000:role/any';
    const reply = await ask({ Action: 'AssumeRole', RoleArn: role, RoleSessionName: 'work' });
    expect(reply).toMatch(
      new RegExp(
        `<Message>User: .*/${name} is not authorized to perform: sts:AssumeRole on resource: ${role}<`,
      ),
    );
    expect(denied.at(-1)).toMatchObject({ functionName: name, action: 'sts:AssumeRole', resource: role });
    expect(await ask({ Action: 'GetCallerIdentity' })).toMatch(
      new RegExp(`<Arn>arn:aws:sts::000000000000:assumed-role/Crossdock-DispatchRole\\w+/${name}</Arn>`),
    );
  });

  it('is let through when nobody is named as its caller', async () => {
    const before = denied.length;
    const dynamodb = new DynamoDBClient(as(engines().gateway.endpoint));
    const sqs = new SQSClient(as(engines().sqs.endpoint));
    const QueueUrl = engines().sqs.url(tableName('LanewebhookQuarantine'));
    await dynamodb.send(new DescribeTableCommand({ TableName: tableName('StorageOutbox') }));
    await sqs.send(new GetQueueAttributesCommand({ QueueUrl }));
    expect(denied).toHaveLength(before);
    dynamodb.destroy();
    sqs.destroy();
  });
});
