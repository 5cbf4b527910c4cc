import { describe, expect, it } from 'vitest';
import type { RoleSession } from '../../../local/iam/principal.ts';
import { assumeRoleNeeds } from '../../../local/iam/sts-needs.ts';
import {
  type AssumableRole,
  accessWith,
  allow,
  deny,
  documentOf,
  KEY_ARN,
  ROLE_ARN,
  TABLE_ARN,
  TENANT_ROLE_ARN,
  variable,
} from './iam-setup.ts';

const TENANT = variable('aws:PrincipalTag/tenant_id');
const trusted = (Action: string | string[], Condition?: object, Principal: unknown = { AWS: ROLE_ARN }) => ({
  Effect: 'Allow',
  Principal,
  Action,
  ...(Condition ? { Condition } : {}),
});
const BOTH = ['sts:AssumeRole', 'sts:TagSession'];
const isolated: AssumableRole = {
  trust: [trusted(BOTH)],
  statements: [
    allow(
      ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:BatchGetItem'],
      [TABLE_ARN, `${TABLE_ARN}/index/*`],
      {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`T#${TENANT}#*`] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    ),
    allow('kms:Decrypt', KEY_ARN, { StringEquals: { 'kms:EncryptionContext:tenant_id': TENANT } }),
  ],
};

const sessionOf = (tags: Readonly<Record<string, string>>): RoleSession => ({
  roleArn: TENANT_ROLE_ARN,
  sessionName: 'work',
  tags: new Map(Object.entries(tags)),
  functionName: 'worker',
});
const read = (...keys: string[]) => ({
  action: 'dynamodb:GetItem',
  resource: TABLE_ARN,
  context: keys.length > 0 ? new Map([['dynamodb:LeadingKeys', keys]]) : new Map(),
});
const decryptFor = (tenant: string) => ({
  action: 'kms:Decrypt',
  resource: KEY_ARN,
  context: new Map([['kms:EncryptionContext:tenant_id', [tenant]]]),
});

describe('a session of a role that allows only the tenant in its tags', () => {
  const access = accessWith({ assumable: isolated, statements: [allow('*', '*')] });
  const may = (tags: Readonly<Record<string, string>>, need: ReturnType<typeof read>) =>
    access.refusal(sessionOf(tags), [need]) === undefined;

  it('reads rows of that tenant and of no other, not even among its own', () => {
    expect(may({ tenant_id: '12' }, read('T#12#a'))).toBe(true);
    expect(may({ tenant_id: '12' }, read('T#12#a', 'T#12#b'))).toBe(true);
    expect(may({ tenant_id: '12' }, read('T#13#a'))).toBe(false);
    expect(may({ tenant_id: '12' }, read('T#12#a', 'T#13#a'))).toBe(false);
  });

  it('is not taken in by a tenant whose name begins with its own', () => {
    expect(may({ tenant_id: '12' }, read('T#123#a'))).toBe(false);
    expect(may({ tenant_id: '12' }, read('T#12'))).toBe(false);
  });

  it('reads nothing where the call names no row, and nothing without the tag', () => {
    expect(may({ tenant_id: '12' }, read())).toBe(false);
    expect(may({}, read('T##a'))).toBe(false);
    expect(may({ tenant: '12' }, read('T#12#a'))).toBe(false);
  });

  it('opens secrets of that tenant alone', () => {
    expect(may({ tenant_id: '12' }, decryptFor('12'))).toBe(true);
    expect(may({ tenant_id: '12' }, decryptFor('123'))).toBe(false);
    expect(may({}, decryptFor(''))).toBe(false);
  });

  it('has none of what the function may do under its own role', () => {
    expect(access.refusal('worker', [{ action: 'sqs:SendMessage', resource: '*' }])).toBeUndefined();
    expect(
      access.refusal(sessionOf({ tenant_id: '12' }), [{ action: 'sqs:SendMessage', resource: '*' }]),
    ).toBe(
      'User: arn:aws:sts::000000000000:assumed-role/tenant-role/work is not authorized to perform: sqs:SendMessage on resource: * because no identity-based policy allows the sqs:SendMessage action',
    );
    expect(access.denied.at(-1)).toEqual({
      functionName: 'worker',
      assumedRole: 'tenant-role',
      action: 'sqs:SendMessage',
      resource: '*',
      statement: '{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}',
    });
  });

  it('is named and counted as its role', () => {
    expect(access.arnOf(sessionOf({}))).toBe('arn:aws:sts::000000000000:assumed-role/tenant-role/work');
    expect(access.arnOf('worker')).toBe('arn:aws:sts::000000000000:assumed-role/worker-role/worker');
    expect(access.arnOf('stranger')).toBeUndefined();
    const usage = access.usage().find(({ holder }) => holder === 'tenant-role');
    expect(usage?.granted.filter(({ used }) => used).map(({ action }) => action)).toEqual([
      'dynamodb:GetItem',
      'kms:Decrypt',
    ]);
  });
});

describe('the tags of a session', () => {
  it('count before those of its role, in whatever case their keys are', () => {
    const access = accessWith({ assumable: { ...isolated, tags: { Tenant_ID: '7', other: 'x' } } });
    expect(access.refusal(sessionOf({}), [read('T#7#a')])).toBeUndefined();
    expect(access.refusal(sessionOf({ tenant_id: '12' }), [read('T#12#a')])).toBeUndefined();
    expect(access.refusal(sessionOf({ tenant_id: '12' }), [read('T#7#a')])).toMatch('not authorized');
  });
});

const assuming = (tags: Readonly<Record<string, string>>, externalId?: string) =>
  assumeRoleNeeds({
    roleArn: TENANT_ROLE_ARN,
    sessionName: 'work',
    tags: new Map(Object.entries(tags)),
    externalId,
  });
const refusalBy = (
  trust: readonly object[],
  tags: Readonly<Record<string, string>> = {},
  statements: readonly object[] = [],
  externalId?: string,
) =>
  accessWith({ assumable: { ...isolated, trust }, statements }).refusal('worker', assuming(tags, externalId));

const forbidden = (action: string) =>
  `User: arn:aws:sts::000000000000:assumed-role/worker-role/worker is not authorized to perform: ${action} on resource: ${TENANT_ROLE_ARN}`;

describe('the trust policy of a role', () => {
  it('lets the function assume it whose role it names, without leave of that role', () => {
    expect(refusalBy([trusted('sts:AssumeRole')])).toBeUndefined();
    const another = trusted('sts:AssumeRole', undefined, { AWS: `${ROLE_ARN}-of-another` });
    expect(refusalBy([another])).toBe(forbidden('sts:AssumeRole'));
  });

  it('that names the account leaves it to the role of the function', () => {
    const root = trusted('sts:AssumeRole', undefined, { AWS: 'arn:aws:iam::000000000000:root' });
    expect(refusalBy([root])).toBe(forbidden('sts:AssumeRole'));
    expect(refusalBy([root], {}, [allow('sts:AssumeRole', TENANT_ROLE_ARN)])).toBeUndefined();
  });

  it('is needed: the role of the function is not enough, though it can forbid', () => {
    const service = trusted('sts:AssumeRole', undefined, { Service: 'lambda.amazonaws.com' });
    expect(refusalBy([service], {}, [allow('*', '*')])).toBe(forbidden('sts:AssumeRole'));
    expect(refusalBy([trusted('sts:AssumeRole')], {}, [deny('sts:AssumeRole', '*')])).toBe(
      forbidden('sts:AssumeRole'),
    );
  });

  it('must let a session be tagged, and may say with what', () => {
    expect(refusalBy([trusted('sts:AssumeRole')], { tenant_id: '12' })).toBe(forbidden('sts:TagSession'));
    const only12 = trusted(BOTH, { StringEquals: { 'aws:RequestTag/tenant_id': '12' } });
    expect(refusalBy([only12], { tenant_id: '12' })).toBeUndefined();
    expect(refusalBy([only12], { tenant_id: '13' })).toBe(forbidden('sts:AssumeRole'));
    expect(refusalBy([only12])).toBe(forbidden('sts:AssumeRole'));
    const noOther = trusted(BOTH, { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['tenant_id'] } });
    expect(refusalBy([noOther], { tenant_id: '13' })).toBeUndefined();
    expect(refusalBy([noOther], { tenant_id: '13', admin: 'yes' })).toBe(forbidden('sts:AssumeRole'));
  });

  it('may ask for a session name and for an external id', () => {
    const named = trusted('sts:AssumeRole', { StringLike: { 'sts:RoleSessionName': 'wo*' } });
    expect(refusalBy([named])).toBeUndefined();
    const secret = trusted('sts:AssumeRole', { StringEquals: { 'sts:ExternalId': 'known' } });
    expect(refusalBy([secret])).toBe(forbidden('sts:AssumeRole'));
    expect(refusalBy([secret], {}, [], 'known')).toBeUndefined();
  });

  it('that is missing something is shown with its remedy', () => {
    const access = accessWith({ assumable: { ...isolated, trust: [trusted('sts:AssumeRole')] } });
    access.refusal('worker', assuming({ tenant_id: '12' }));
    expect(access.denied).toEqual([
      {
        functionName: 'worker',
        action: 'sts:TagSession',
        resource: TENANT_ROLE_ARN,
        statement: JSON.stringify({
          Effect: 'Allow',
          Action: 'sts:TagSession',
          Principal: { AWS: ROLE_ARN },
        }),
      },
    ]);
  });

  it.each([
    [{ ...trusted(BOTH), Resource: '*' }, 'statement 1: Resource is not allowed here'],
    [trusted(BOTH, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), 'the condition key aws:Multi'],
    [trusted(BOTH, undefined, { AWS: ROLE_ARN, Federated: 'x' }), 'the principal'],
    [{ ...trusted(BOTH), NotPrincipal: '*' }, 'NotPrincipal is not supported'],
  ])('is refused when it is loaded with what is not known here: %j', (statement, problem) => {
    expect(() => accessWith({ assumable: { ...isolated, trust: [statement] } })).toThrow(problem);
  });

  it('of a role that only services assume is not read, nor is the rest of that role', () => {
    const role = {
      logicalId: 'Other',
      type: 'AWS::IAM::Role',
      physicalName: 'other',
      arn: 'arn:aws:iam::000000000000:role/other',
      properties: {
        AssumeRolePolicyDocument: documentOf([
          { ...trusted('sts:AssumeRole', { NumericEquals: { a: 1 } }), Principal: { Service: 'x' } },
        ]),
        PermissionsBoundary: 'arn',
      },
    };
    expect(() => accessWith({ more: [role] })).not.toThrow();
  });
});
