import { describe, expect, it } from 'vitest';
import { serviceMayInvoke } from '../../../local/iam/invoke-permissions.ts';
import { contextOfService, roleTrusts, serviceMay } from '../../../local/iam/service-access.ts';
import { compilePolicy } from '../../../local/iam/statement.ts';
import { ACCOUNT, allow, deny, QUEUE_ARN } from './iam-setup.ts';

const EVENTS = 'events.amazonaws.com';
const RULE_ARN = `arn:aws:events:eu-central-1:${ACCOUNT}:rule/nightly`;

const send = { action: 'sqs:SendMessage', resource: QUEUE_ARN, context: contextOfService(ACCOUNT, RULE_ARN) };
const isLetIn = (...statements: object[]) =>
  serviceMay(compilePolicy({ Statement: statements }, 'policy'), EVENTS, send);
const by = (statement: object, Principal: unknown) => ({ ...statement, Principal });

describe('a service', () => {
  it('is let in by a statement that names it, or everyone, and by no other', () => {
    const sending = allow('sqs:SendMessage', QUEUE_ARN);
    for (const principal of [
      { Service: EVENTS },
      { Service: ['sns.amazonaws.com', EVENTS] },
      '*',
      { AWS: '*' },
    ])
      expect(isLetIn(by(sending, principal))).toBe(true);
    for (const principal of [{ Service: 'sns.amazonaws.com' }, { AWS: ACCOUNT }, { Federated: EVENTS }])
      expect(isLetIn(by(sending, principal))).toBe(false);
    expect(isLetIn(by(allow('sqs:ReceiveMessage', QUEUE_ARN), { Service: EVENTS }))).toBe(false);
    expect(isLetIn(by(allow('sqs:SendMessage', `${QUEUE_ARN}-2`), { Service: EVENTS }))).toBe(false);
  });

  it('is let in only for what the statement says that it may act for', () => {
    const forArn = (arn: string) =>
      by(allow('sqs:SendMessage', QUEUE_ARN, { ArnEquals: { 'aws:SourceArn': arn } }), { Service: EVENTS });
    expect(isLetIn(forArn(RULE_ARN))).toBe(true);
    expect(isLetIn(forArn(`${RULE_ARN}-2`))).toBe(false);
  });

  it('is kept out by a Deny for everyone, whatever else is said', () => {
    const everyone = by(deny('sqs:*', '*'), '*');
    const plain = by(deny('sqs:*', '*', { Bool: { 'aws:SecureTransport': 'false' } }), '*');
    const sending = by(allow('sqs:SendMessage', QUEUE_ARN), { Service: EVENTS });
    expect(isLetIn(sending, everyone)).toBe(false);
    expect(isLetIn(sending, plain)).toBe(true);
  });
});

describe('the trust policy of a role', () => {
  const roleWith = (...Statement: object[]) => ({
    logicalId: 'Role',
    type: 'AWS::IAM::Role',
    physicalName: 'role',
    properties: { AssumeRolePolicyDocument: { Statement } },
  });
  const context = contextOfService(ACCOUNT, RULE_ARN);

  it('trusts the services that it lets assume the role', () => {
    const assume = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: EVENTS } };
    expect(roleTrusts(roleWith(assume), EVENTS, context)).toBe(true);
    expect(roleTrusts(roleWith(assume), 'lambda.amazonaws.com', context)).toBe(false);
    expect(roleTrusts(roleWith({ ...assume, Action: 'sts:TagSession' }), EVENTS, context)).toBe(false);
    expect(roleTrusts(roleWith(), EVENTS, context)).toBe(false);
  });

  it('that says something which is not evaluated here is refused by its name', () => {
    const odd = { Effect: 'Allow', Action: 'sts:AssumeRole', NotPrincipal: { Service: EVENTS } };
    expect(() => roleTrusts(roleWith(odd), EVENTS, context)).toThrow(
      'Role AssumeRolePolicyDocument statement 1',
    );
  });
});

describe('an invoke permission', () => {
  it('lets in the service that it names, for the source that it names', () => {
    const properties = {
      Action: 'lambda:InvokeFunction',
      FunctionName: 'worker',
      Principal: EVENTS,
      SourceArn: RULE_ARN,
    };
    const permission = { logicalId: 'P', type: 'AWS::Lambda::Permission', physicalName: 'P', properties };
    const functionArn = `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:worker`;
    const resources = new Map([['P', permission]]);
    expect(serviceMayInvoke(resources, EVENTS)(functionArn, RULE_ARN)).toBe(true);
    expect(serviceMayInvoke(resources, EVENTS)(functionArn, `${RULE_ARN}-2`)).toBe(false);
    expect(serviceMayInvoke(resources, EVENTS)(`${functionArn}-2`, RULE_ARN)).toBe(false);
    expect(serviceMayInvoke(resources, 'apigateway.amazonaws.com')(functionArn, RULE_ARN)).toBe(false);
  });
});
