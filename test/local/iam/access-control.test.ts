import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Need } from '../../../local/iam/request-context.ts';
import { accessWith, allow, deny, QUEUE_ARN, TABLE_ARN } from './iam-setup.ts';

const CONTEXT_KEY = 'kms:EncryptionContext:purpose';
const actions = fc.constantFrom('sqs:SendMessage', 'sqs:ReceiveMessage', 'dynamodb:GetItem', 'sqs:*', '*');
const resources = fc.constantFrom(QUEUE_ARN, TABLE_ARN, `${TABLE_ARN}/index/*`, `${QUEUE_ARN}?`, '*');
const condition = fc.option(
  fc.constantFrom(
    { StringEquals: { [CONTEXT_KEY]: 'a' } },
    { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } },
    { Null: { [CONTEXT_KEY]: 'true' } },
  ),
  { nil: undefined },
);
const statement = fc
  .record({
    effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    action: actions,
    resource: resources,
    condition,
  })
  .map(({ effect, action, resource, condition: when }) =>
    (effect === 'Deny' ? deny : allow)(action, resource, when),
  );
const statements = fc.array(statement, { maxLength: 6 });
const need: fc.Arbitrary<Need> = fc.record({
  action: fc.constantFrom('sqs:SendMessage', 'sqs:ReceiveMessage', 'dynamodb:GetItem'),
  resource: fc.constantFrom(QUEUE_ARN, TABLE_ARN, `${TABLE_ARN}/index/by-time`, `${QUEUE_ARN}2`),
  context: fc.constantFrom(
    new Map(),
    new Map([[CONTEXT_KEY, ['a']]]),
    new Map([['dynamodb:LeadingKeys', ['a', 'b']]]),
  ),
});

const isAllowed = (policy: readonly object[], asked: Need): boolean =>
  accessWith({ statements: policy }).refusal('worker', [asked]) === undefined;

describe('access control', () => {
  it('lets an explicit Deny win over any other statements', () => {
    fc.assert(
      fc.property(statements, need, fc.nat(), (policy, asked, at) => {
        const forbidding = deny(asked.action, asked.resource);
        expect(isAllowed(policy.toSpliced(at % (policy.length + 1), 0, forbidding), asked)).toBe(false);
      }),
    );
  });

  it('never depends on the order of statements', () => {
    const shuffled = statements.chain((policy) =>
      fc.tuple(
        fc.constant(policy),
        fc.shuffledSubarray(policy, { minLength: policy.length, maxLength: policy.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, need, ([policy, other], asked) => {
        expect(isAllowed(other, asked)).toBe(isAllowed(policy, asked));
      }),
    );
  });

  it('never allows more when an Allow is removed', () => {
    fc.assert(
      fc.property(statements, need, fc.nat(), (policy, asked, at) => {
        const removed = policy[at % Math.max(policy.length, 1)];
        fc.pre(removed?.Effect === 'Allow' && !isAllowed(policy, asked));
        const fewer = policy.filter((one) => one !== removed);
        expect(isAllowed(fewer, asked)).toBe(false);
      }),
    );
  });

  it('decides each call by its own context, whatever it decided before', () => {
    fc.assert(
      fc.property(statements, fc.array(need, { minLength: 2, maxLength: 6 }), (policy, asked) => {
        const access = accessWith({ statements: policy });
        for (const one of asked)
          expect(access.refusal('worker', [one]) === undefined).toBe(isAllowed(policy, one));
      }),
    );
  });

  it('takes actions in any case, and resources in their own', () => {
    const policy = [allow('SQS:sendmessage', QUEUE_ARN)];
    expect(isAllowed(policy, { action: 'sqs:SendMessage', resource: QUEUE_ARN })).toBe(true);
    expect(isAllowed(policy, { action: 'sqs:SendMessage', resource: QUEUE_ARN.toUpperCase() })).toBe(false);
  });

  it('asks for all that a call needs, and names the first that is missing', () => {
    const access = accessWith({ statements: [allow('sqs:SendMessage', QUEUE_ARN)] });
    const refusal = access.refusal('worker', [
      { action: 'sqs:SendMessage', resource: QUEUE_ARN },
      { action: 'sqs:ReceiveMessage', resource: QUEUE_ARN },
      { action: 'sqs:DeleteMessage', resource: QUEUE_ARN },
    ]);
    expect(refusal).toBe(
      `User: arn:aws:sts::000000000000:assumed-role/worker-role/worker is not authorized to perform: sqs:ReceiveMessage on resource: ${QUEUE_ARN} because no identity-based policy allows the sqs:ReceiveMessage action`,
    );
    expect(access.denied).toEqual([
      {
        functionName: 'worker',
        action: 'sqs:ReceiveMessage',
        resource: QUEUE_ARN,
        statement: `{"Effect":"Allow","Action":"sqs:ReceiveMessage","Resource":"${QUEUE_ARN}"}`,
      },
    ]);
  });

  it('says which kind of policy forbids, and shows the statement', () => {
    const forbidding = deny('sqs:*', '*');
    const access = accessWith({ statements: [allow('*', '*'), forbidding] });
    expect(access.refusal('worker', [{ action: 'sqs:SendMessage', resource: QUEUE_ARN }])).toMatch(
      / with an explicit deny in an identity-based policy$/,
    );
    expect(access.denied[0]?.statement).toBe(JSON.stringify(forbidding));
  });

  it('refuses a caller that it does not know', () => {
    const access = accessWith({ statements: [allow('*', '*')] });
    expect(access.refusal('stranger', [{ action: 'sqs:SendMessage', resource: QUEUE_ARN }])).toMatch(
      'assumed-role/unknown/stranger is not authorized',
    );
  });

  it('tells which grants were used', () => {
    const access = accessWith({
      statements: [allow(['sqs:SendMessage', 'sqs:GetQueueUrl'], [QUEUE_ARN, '*'])],
    });
    access.refusal('worker', [{ action: 'sqs:SendMessage', resource: `${QUEUE_ARN}2` }]);
    access.refusal('worker', [{ action: 'sqs:ReceiveMessage', resource: QUEUE_ARN }]);
    const [usage] = access.usage();
    expect(usage?.holder).toBe('worker');
    expect(usage?.granted.map(({ action, resource, used }) => [action, resource, used])).toEqual([
      ['sqs:SendMessage', QUEUE_ARN, false],
      ['sqs:SendMessage', '*', true],
      ['sqs:GetQueueUrl', QUEUE_ARN, false],
      ['sqs:GetQueueUrl', '*', false],
    ]);
  });
});
