import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asPlatform, asTenant, currentTenant } from '#functions/platform/aws/as-tenant.ts';
import { tenantClientConfig } from '#functions/platform/aws/tenant-client-config.ts';
import { allow, ROLE_ARN, TABLE_ARN, TENANT_ROLE_ARN, variable } from '../../local/iam/iam-setup.ts';
import { type StsWorld, startStsWorld } from '../../local/sts/sts-world.ts';

const TableName = 'events';
const TENANT = variable('aws:PrincipalTag/tenant_id');
const Key = (tenant: string) => ({ pk: { S: `T#${tenant}#1` }, sk: { S: 'a' } });
const DENIED = { name: 'AccessDeniedException' };

let world: StsWorld;
let client: DynamoDBClient;
beforeAll(async () => {
  world = await startStsWorld({
    statements: [allow('dynamodb:PutItem', TABLE_ARN)],
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
        allow('dynamodb:GetItem', TABLE_ARN, {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': `T#${TENANT}#*` },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        }),
      ],
    },
  });
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', world.sts);
  vi.stubEnv('TENANT_ROLE_ARN', TENANT_ROLE_ARN);
  const { endpoint, region } = world.clients().dynamodb.config;
  client = new DynamoDBClient({ ...tenantClientConfig, region, endpoint: await endpoint?.() });
  for (const tenant of ['12', '13', '14'])
    await client.send(new PutItemCommand({ TableName, Item: Key(tenant) }));
});
afterAll(async () => {
  client.destroy();
  vi.unstubAllEnvs();
  await world.stop();
});

const read = (tenant: string) => client.send(new GetItemCommand({ TableName, Key: Key(tenant) }));

describe('work for a tenant', () => {
  it('is done by one client with the credentials of whoever it is for, however much is done at once', async () => {
    const tenants = Array.from({ length: 60 }, (_, index) => String(12 + (index % 3)));
    const found = await Promise.all(tenants.map((tenant) => asTenant(tenant, () => read(tenant))));
    expect(found.map(({ Item }) => Item)).toEqual(tenants.map(Key));
    const others = tenants.map((tenant) => asTenant(tenant, () => read(tenant === '12' ? '13' : '12')));
    for (const refused of await Promise.allSettled(others))
      expect(refused).toMatchObject({ status: 'rejected', reason: DENIED });
  });

  it('cannot do what the function may as itself, and the other way round', async () => {
    const put = () => client.send(new PutItemCommand({ TableName, Item: Key('12') }));
    await expect(asTenant('12', put)).rejects.toMatchObject(DENIED);
    await expect(read('12')).rejects.toMatchObject(DENIED);
    await expect(asTenant('12', () => asPlatform(put))).resolves.toBeDefined();
  });

  it('is for nobody outside of it, and for the inner one of two', () => {
    expect(currentTenant()).toBeUndefined();
    asTenant('12', () => {
      expect(currentTenant()).toBe('12');
      asTenant('13', () => expect(currentTenant()).toBe('13'));
      asPlatform(() => expect(currentTenant()).toBeUndefined());
      expect(currentTenant()).toBe('12');
    });
  });

  it('fails by the code of STS when it gives no session, and says nothing of the role', async () => {
    vi.stubEnv('TENANT_ROLE_ARN', TENANT_ROLE_ARN);
    const failure = await asTenant('bad tag,', () => read('12')).catch((error: Error) => error);
    expect(failure).toMatchObject({ message: 'STS gave no session' });
    expect(JSON.stringify(failure)).not.toContain('tenant-role');
  });
});
