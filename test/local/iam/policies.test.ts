import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  accessWith,
  allow,
  deny,
  KEY_ARN,
  type Policies,
  QUEUE_ARN,
  ROLE_ARN,
  ROOT_STATEMENT,
  resourcesWith,
  TABLE_ARN,
  variable,
} from './iam-setup.ts';

const send = { action: 'sqs:SendMessage', resource: QUEUE_ARN };
const decrypt = {
  action: 'kms:Decrypt',
  resource: KEY_ARN,
  context: new Map([['kms:EncryptionContext:purpose', ['secrets']]]),
};
const refusal = (policies: Policies, need: Parameters<ReturnType<typeof accessWith>['refusal']>[1][0]) =>
  accessWith(policies).refusal('worker', [need]);
const mayDecrypt = [allow('kms:Decrypt', KEY_ARN)];
const roleAlone = { AWS: ROLE_ARN };

describe('the policy of a key', () => {
  it('lets identity policies decide when it names the account', () => {
    expect(refusal({ statements: mayDecrypt }, decrypt)).toBeUndefined();
    expect(refusal({}, decrypt)).toMatch('no identity-based policy allows the kms:Decrypt action');
  });

  it('is needed: without it no identity policy helps', () => {
    expect(refusal({ statements: mayDecrypt, keyPolicy: [] }, decrypt)).toMatch(
      'no resource-based policy allows the kms:Decrypt action',
    );
  });

  it('can allow a role by its name, and nobody else', () => {
    const named = { ...allow('kms:Decrypt', '*'), Principal: roleAlone };
    expect(refusal({ keyPolicy: [named] }, decrypt)).toBeUndefined();
    const other = { ...named, Principal: { AWS: `${ROLE_ARN}-of-another` } };
    expect(refusal({ keyPolicy: [other] }, decrypt)).toMatch('no resource-based policy');
  });

  it('can forbid what identity policies allow', () => {
    const forbidding = { ...deny('kms:Decrypt', '*'), Principal: { AWS: ACCOUNT } };
    expect(refusal({ statements: mayDecrypt, keyPolicy: [ROOT_STATEMENT, forbidding] }, decrypt)).toMatch(
      'with an explicit deny in a resource-based policy',
    );
  });
});

describe('the policy of a queue', () => {
  it('can allow what no identity policy does, and needs no account statement', () => {
    expect(refusal({}, send)).toMatch('no identity-based policy');
    expect(refusal({ queuePolicy: [{ ...allow('sqs:*', '*'), Principal: '*' }] }, send)).toBeUndefined();
    const service = { ...allow('sqs:*', '*'), Principal: { Service: 'sns.amazonaws.com' } };
    expect(refusal({ queuePolicy: [service] }, send)).toMatch('no identity-based policy');
  });

  it('that asks for TLS forbids nothing here, because the real endpoint speaks TLS', () => {
    const onlyTls = {
      ...deny('sqs:*', QUEUE_ARN, { Bool: { 'aws:SecureTransport': 'false' } }),
      Principal: { AWS: '*' },
    };
    expect(refusal({ statements: [allow('sqs:*', '*')], queuePolicy: [onlyTls] }, send)).toBeUndefined();
  });
});

describe('the policies of a role', () => {
  const document = { Statement: [allow('sqs:SendMessage', QUEUE_ARN)] };
  const managed = {
    logicalId: 'Managed',
    type: 'AWS::IAM::ManagedPolicy',
    physicalName: 'managed',
    properties: { PolicyDocument: document },
  };

  it('may stand in the role itself', () => {
    expect(
      refusal({ role: { Policies: [{ PolicyName: 'p', PolicyDocument: document }] } }, send),
    ).toBeUndefined();
  });

  it('may be managed, attached from either side', () => {
    const arn = `arn:aws:iam::${ACCOUNT}:policy/managed`;
    expect(refusal({ role: { ManagedPolicyArns: [arn] }, more: [managed] }, send)).toBeUndefined();
    const attached = { ...managed, properties: { PolicyDocument: document, Roles: ['worker-role'] } };
    expect(refusal({ more: [attached] }, send)).toBeUndefined();
    expect(refusal({ more: [managed] }, send)).toMatch('no identity-based policy');
  });

  it('put its tags into conditions and resources', () => {
    const role = { Tags: [{ Key: 'queue', Value: 'jobs' }] };
    const own = allow('sqs:*', QUEUE_ARN.replace('jobs', variable('aws:PrincipalTag/queue')));
    expect(refusal({ statements: [own], role }, send)).toBeUndefined();
    expect(refusal({ statements: [own], role }, { ...send, resource: TABLE_ARN })).toMatch('not authorized');
    expect(refusal({ statements: [own] }, send)).toMatch('not authorized');
  });

  const action = allow('sqs:*', '*');
  it.each<[string, Policies, string]>([
    ['NotAction', { statements: [{ Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' }] }, 'NotAction'],
    ['NotResource', { statements: [{ ...action, NotResource: '*' }] }, 'NotResource'],
    ['an effect', { statements: [{ ...action, Effect: 'Maybe' }] }, 'Effect must be'],
    ['no resource', { statements: [{ Effect: 'Allow', Action: 'sqs:*' }] }, 'are required'],
    ['a boundary', { role: { PermissionsBoundary: 'arn' } }, 'PermissionsBoundary is not supported'],
    [
      'a policy of AWS',
      { role: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/Any'] } },
      'is not in the template',
    ],
    [
      'a federated principal',
      { queuePolicy: [{ ...action, Principal: { Federated: 'x' } }] },
      'the principal',
    ],
    [
      'a user as principal',
      { queuePolicy: [{ ...action, Principal: { AWS: 'arn:aws:iam::1:user/x' } }] },
      'the principal',
    ],
  ])('that hold %s are refused when they are loaded', (_, policies, problem) => {
    expect(() => accessWith(policies)).toThrow(problem);
  });

  it('are refused with their place', () => {
    const statements = [action, { ...action, Condition: { IpAddress: { 'aws:SourceIp': '1' } } }];
    expect(() => accessWith({ statements })).toThrow('Thepolicy statement 2: the condition key aws:SourceIp');
  });

  it('must be those of a role in the template', () => {
    const resources = resourcesWith({});
    resources.delete('Theworker-role');
    const access = accessWith({});
    expect(() => access.load(resources)).toThrow(`its role ${ROLE_ARN} is not in the template`);
  });
});
