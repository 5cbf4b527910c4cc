import { describe, expect, it } from 'vitest';
import {
  actionsOf,
  grantsOf,
  ownStatementsOf,
  resourcesOf,
  statements,
  statementsOf,
  tenantRoleOf,
  tenantStatementsOf,
} from './grants.ts';
import { folderOf, functions, ofType, referred } from './template.ts';

/** All that each function may do, beside writing its own log. */
const permitted: Readonly<Record<string, readonly string[]>> = {
  'api/authorize': [],
  'api/catalogue': [],
  'connections/connect': [
    'dynamodb:DeleteItem StorageConnections',
    'dynamodb:GetItem StorageSecrets',
    'dynamodb:PutItem StorageConnections',
    'dynamodb:PutItem StorageSecrets',
    'dynamodb:Query StorageConnections',
    'dynamodb:UpdateItem StorageLimits',
    'kms:Decrypt StorageKey',
    'kms:GenerateDataKey StorageKey',
  ],
  'connections/manage': [
    'dynamodb:DeleteItem StorageSecrets',
    'dynamodb:PutItem StorageConnections',
    'dynamodb:PutItem StorageSecrets',
    'dynamodb:Query StorageConnections',
    'dynamodb:UpdateItem StorageLimits',
    'dynamodb:UpdateItem StorageSecrets',
    'kms:GenerateDataKey StorageKey',
  ],
  'connections/rewraps': [
    'dynamodb:PutItem StorageConnections',
    'dynamodb:Query StorageConnections',
    'dynamodb:UpdateItem StorageConnections',
  ],
  'connections/inspect': [
    'dynamodb:BatchGetItem StorageConnections',
    'dynamodb:Query StorageConnections',
    'dynamodb:Query StorageConnections/index/platform',
  ],
  'connections/check': [
    'dynamodb:GetItem StorageSecrets',
    'dynamodb:PutItem StorageConnections',
    'dynamodb:PutItem StorageSecrets',
    'dynamodb:Query StorageConnections',
    'dynamodb:UpdateItem StorageConnections',
    'dynamodb:UpdateItem StorageSecrets',
    'kms:Decrypt StorageKey',
    'kms:GenerateDataKey StorageKey',
  ],
  'connections/revoke': [
    'dynamodb:DeleteItem StorageSecrets',
    'dynamodb:GetItem StorageSecrets',
    'dynamodb:PutItem StorageConnections',
    'dynamodb:Query StorageConnections',
    'dynamodb:UpdateItem StorageLimits',
    'kms:Decrypt StorageKey',
  ],
  // No Decrypt and no GenerateDataKey: a data key never is in its memory.
  'connections/rewrap': [
    'dynamodb:BatchGetItem StorageConnections',
    'dynamodb:GetItem StorageConnections',
    'dynamodb:Query StorageConnections/index/platform',
    'dynamodb:Query StorageSecrets',
    'dynamodb:UpdateItem StorageConnections',
    'dynamodb:UpdateItem StorageSecrets',
    'kms:ReEncryptFrom StorageKey',
    'kms:ReEncryptTo StorageKey',
  ],
  'outbound/publish': ['dynamodb:PutItem StorageOutbox'],
  'outbound/outcome': ['dynamodb:BatchGetItem StorageOutbox', 'dynamodb:Query StorageDeliveries'],
  'outbound/dispatch': [
    'dynamodb:DescribeStream StorageOutbox.StreamArn',
    'dynamodb:GetRecords StorageOutbox.StreamArn',
    'dynamodb:GetShardIterator StorageOutbox.StreamArn',
    'dynamodb:ListStreams *',
    'dynamodb:PutItem StorageDeliveries',
    'dynamodb:Query StorageConnections',
    's3:ListBucket DispatchFailures',
    's3:PutObject DispatchFailures/*',
    'sqs:SendMessage LaneQueue',
  ],
  'outbound/sweep': [
    'dynamodb:BatchGetItem StorageLimits',
    'dynamodb:DeleteItem StorageLimits',
    'dynamodb:Query StorageConnections',
    'dynamodb:Query StorageDeliveries/index/waiting',
    'dynamodb:Query StorageLimits/index/parked',
    'dynamodb:UpdateItem StorageDeliveries',
    'dynamodb:UpdateItem StorageLimits',
    'sqs:SendMessage LaneQueue',
  ],
  'outbound/deliver': [
    'dynamodb:BatchGetItem StorageOutbox',
    'dynamodb:GetItem StorageSecrets',
    'dynamodb:PutItem StorageConnections',
    'dynamodb:Query StorageConnections',
    'dynamodb:UpdateItem StorageConnections',
    'dynamodb:UpdateItem StorageDeliveries',
    'dynamodb:UpdateItem StorageLimits',
    'kms:Decrypt StorageKey',
    'sqs:DeleteMessage LaneQueue',
    'sqs:GetQueueAttributes LaneQueue',
    'sqs:ReceiveMessage LaneQueue',
    'sqs:SendMessage LaneQuarantine',
    'sqs:SendMessage LaneQueue',
  ],
};

describe('permissions', () => {
  it.each(functions.map((one) => [folderOf(one), one.id, one] as const))(
    'of %s (%s) are as listed',
    (folder, _, one) => {
      expect([...new Set(grantsOf(one))]).toEqual(permitted[folder]);
    },
  );

  it('are listed for functions that exist', () => {
    expect([...new Set(functions.map(folderOf))].toSorted()).toEqual(Object.keys(permitted).toSorted());
  });

  it('allow every function to write its own log and no other', () => {
    for (const one of functions) {
      const logging = statementsOf(one).filter((it) =>
        actionsOf(it).some((action) => action.startsWith('logs:')),
      );
      expect(logging.flatMap(actionsOf)).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
      expect(logging.flatMap(resourcesOf).map(referred)).toEqual([
        referred(one.properties.LoggingConfig.LogGroup),
      ]);
    }
  });

  it('name actions one by one', () => {
    expect(statements.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
    expect(statements.filter(({ Effect }) => Effect !== 'Allow')).toEqual([]);
  });

  it('to look across tenants are of three: the operator’s lists, the sweep, and the rewrap of all data keys', () => {
    const across = functions.filter((one) => grantsOf(one).some((grant) => grant.includes('/index/')));
    expect(across.map(folderOf)).toEqual(['outbound/sweep', 'connections/rewrap', 'connections/inspect']);
  });

  it('are for all resources only where an action knows none', () => {
    const everywhere = statements.filter((statement) => resourcesOf(statement).includes('*'));
    expect(everywhere.flatMap(actionsOf)).toEqual(['dynamodb:ListStreams']);
  });

  it('to use the key hold for the purposes of the function alone', () => {
    const found = functions.flatMap((one) =>
      statementsOf(one).flatMap(({ Condition, ...statement }) =>
        actionsOf(statement)
          .filter((action) => action.startsWith('kms:'))
          .map((action) => ({
            key: `${folderOf(one)} ${action}`,
            purposes: [Condition?.['StringEquals']?.['kms:EncryptionContext:purpose']].flat(),
          })),
      ),
    );
    const purpose = (...names: readonly string[]) => names.toSorted();
    const byKey = Map.groupBy(found, ({ key }) => key);
    expect(
      Object.fromEntries(
        [...byKey].map(([key, of]) => [key, of.flatMap(({ purposes }) => purposes).toSorted()]),
      ),
    ).toEqual({
      'connections/check kms:Decrypt': purpose('connection_secrets', 'oauth_tokens', 'provider_credentials'),
      'connections/check kms:GenerateDataKey': purpose('oauth_tokens'),
      'connections/connect kms:GenerateDataKey': purpose(
        'pending_connect',
        'provider_credentials',
        'oauth_tokens',
      ),
      'connections/connect kms:Decrypt': purpose('pending_connect', 'provider_credentials'),
      'connections/manage kms:GenerateDataKey': purpose('connection_secrets'),
      'connections/rewrap kms:ReEncryptFrom': purpose(
        'provider_credentials',
        'connection_secrets',
        'oauth_tokens',
      ),
      'connections/rewrap kms:ReEncryptTo': purpose(
        'provider_credentials',
        'connection_secrets',
        'oauth_tokens',
      ),
      'connections/revoke kms:Decrypt': purpose('oauth_tokens', 'provider_credentials'),
      'outbound/deliver kms:Decrypt': purpose('connection_secrets'),
    });
  });

  it('that a function has for tenants hold for the one that its session names', () => {
    const tenant = `\${aws:PrincipalTag/tenant_id}`;
    for (const statement of functions.flatMap(tenantStatementsOf)) {
      const { Condition } = statement;
      if (actionsOf(statement).some((action) => action.startsWith('kms:')))
        expect(Condition?.['StringEquals']).toMatchObject({ 'kms:EncryptionContext:tenant_id': tenant });
      else
        expect(Condition).toEqual({
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`T#${tenant}#*`] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        });
    }
  });

  it('that a function has as itself, beside a session, reach no tenant’s rows, but for the operator’s lists', () => {
    const unbound = functions
      .filter((one) => tenantRoleOf(one) !== undefined)
      .flatMap((one) => {
        const own = ownStatementsOf(one).filter(
          ({ Condition }) =>
            !JSON.stringify(Condition ?? {}).includes('T#platform#') &&
            !JSON.stringify(Condition ?? {}).includes('provider_credentials'),
        );
        return grantsOf(one, own)
          .filter((grant) => /^(?:dynamodb|kms):/.test(grant) && !/Stream/.test(grant))
          .map((grant) => `${folderOf(one)} ${grant}`);
      });
    expect(unbound).toEqual([
      'connections/inspect dynamodb:BatchGetItem StorageConnections',
      'connections/inspect dynamodb:Query StorageConnections/index/platform',
    ]);
  });

  it('are taken on for a tenant by the function alone, which must say for which', () => {
    for (const one of functions) {
      const role = ofType('AWS::IAM::Role').find(({ id }) => id === tenantRoleOf(one));
      if (role === undefined) continue;
      const trusted = role.properties.AssumeRolePolicyDocument.Statement;
      expect(trusted.flatMap(({ Action }: { Action: string | string[] }) => Action).toSorted()).toEqual([
        'sts:AssumeRole',
        'sts:TagSession',
      ]);
      for (const { Principal, Condition } of trusted) {
        expect(referred(Principal.AWS)).toBe(referred(one.properties.Role));
        expect(Condition).toEqual({ Null: { 'aws:RequestTag/tenant_id': 'false' } });
      }
    }
  });

  it('to the bucket of failures hold for this account alone', () => {
    const ofBuckets = statements.filter((it) => actionsOf(it).some((action) => action.startsWith('s3:')));
    for (const { Condition } of ofBuckets)
      expect(Condition).toEqual({ StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } });
  });

  it('come from no managed policy, and roles are for functions alone', () => {
    const forTenants = functions.flatMap((one) => tenantRoleOf(one) ?? []);
    const [tenantRoles = [], roles = []] = [true, false].map((isForTenants) =>
      ofType('AWS::IAM::Role').filter(({ id }) => forTenants.includes(id) === isForTenants),
    );
    expect(tenantRoles).toHaveLength(forTenants.length);
    expect(roles).toHaveLength(functions.length);
    expect(ofType('AWS::IAM::ManagedPolicy')).toEqual([]);
    for (const { properties } of roles) {
      expect(properties.ManagedPolicyArns).toBeUndefined();
      expect(properties.Policies).toBeUndefined();
      const trusted = properties.AssumeRolePolicyDocument.Statement.map(
        ({ Principal }: { Principal: object }) => Principal,
      );
      expect(trusted).toEqual([{ Service: 'lambda.amazonaws.com' }]);
    }
  });
});
