import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Need } from '../../../local/iam/request-context.ts';
import {
  ACCOUNT,
  accessWith,
  allow,
  deny,
  documentOf,
  type Policies,
  QUEUE_ARN,
  ROLE_ARN,
  TABLE_ARN,
  variable,
} from './iam-setup.ts';

const INDEX_ARN = `${TABLE_ARN}/index/by-owner`;
const STREAM_ARN = `${TABLE_ARN}/stream/2026-01-01T00:00:00.000`;
const get: Need = { action: 'dynamodb:GetItem', resource: TABLE_ARN };
const query: Need = { action: 'dynamodb:Query', resource: INDEX_ARN };
const getRecords: Need = { action: 'dynamodb:GetRecords', resource: STREAM_ARN };

const refusal = (policies: Policies, need: Need) => accessWith(policies).refusal('worker', [need]);
const by = (principal: unknown, statement: object) => ({ ...statement, Principal: principal });
const worker = { AWS: ROLE_ARN };
const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };

describe('the policy of a table', () => {
  it('can allow by itself what it names the role for, and nothing else', () => {
    const tablePolicy = [by(worker, allow('dynamodb:GetItem', TABLE_ARN))];
    expect(refusal({ tablePolicy }, get)).toBeUndefined();
    expect(refusal({ tablePolicy }, { ...get, action: 'dynamodb:PutItem' })).toMatch(
      'no identity-based policy',
    );
    expect(refusal({ tablePolicy }, { ...get, resource: `${TABLE_ARN}-2` })).toMatch(
      'no identity-based policy',
    );
    const forAnother = [by({ AWS: `${ROLE_ARN}-of-another` }, allow('dynamodb:*', '*'))];
    expect(refusal({ tablePolicy: forAnother }, get)).toMatch('no identity-based policy');
  });

  it('is not needed where the role allows, and lets the role decide where it names the account', () => {
    const statements = [allow('dynamodb:GetItem', TABLE_ARN)];
    expect(refusal({ statements, tablePolicy: [] }, get)).toBeUndefined();
    const tablePolicy = [by(root, allow('dynamodb:*', '*'))];
    expect(refusal({ tablePolicy }, get)).toMatch('no identity-based policy allows the dynamodb:GetItem');
    expect(refusal({ statements, tablePolicy }, get)).toBeUndefined();
  });

  it.each([worker, root, '*', { AWS: '*' }])('can forbid %j what the role allows', (principal) => {
    const tablePolicy = [by(principal, deny('dynamodb:GetItem', '*'))];
    expect(refusal({ statements: [allow('*', '*')], tablePolicy }, get)).toMatch(
      'with an explicit deny in a resource-based policy',
    );
  });

  it('cannot allow what the role forbids', () => {
    const tablePolicy = [by(worker, allow('dynamodb:*', '*'))];
    expect(refusal({ statements: [deny('dynamodb:GetItem', '*')], tablePolicy }, get)).toMatch(
      'with an explicit deny in an identity-based policy',
    );
  });

  it('reaches the indexes of the table that it names, and its own table only', () => {
    const tablePolicy = [by(worker, allow('dynamodb:Query', [TABLE_ARN]))];
    expect(refusal({ tablePolicy }, query)).toMatch('no identity-based policy');
    const withIndexes = [by(worker, allow('dynamodb:Query', `${TABLE_ARN}/index/*`))];
    expect(refusal({ tablePolicy: withIndexes }, query)).toBeUndefined();
    const everything = [by(worker, allow('dynamodb:Query', '*'))];
    expect(refusal({ tablePolicy: everything }, query)).toBeUndefined();
    const ofAnother = INDEX_ARN.replace('events', 'others');
    expect(refusal({ tablePolicy: everything }, { ...query, resource: ofAnother })).toMatch(
      'no identity-based policy',
    );
  });

  it('does not reach the stream, which has a policy of its own', () => {
    const tablePolicy = [by(worker, allow('dynamodb:*', '*'))];
    expect(refusal({ tablePolicy }, getRecords)).toMatch('no identity-based policy');
    const streamPolicy = [by(worker, allow('dynamodb:GetRecords', STREAM_ARN))];
    expect(refusal({ streamPolicy }, getRecords)).toBeUndefined();
    expect(refusal({ streamPolicy }, get)).toMatch('no identity-based policy');
  });

  it('can leave one role out of a Deny by its ARN', () => {
    const others = deny('dynamodb:*', '*', { ArnNotEquals: { 'aws:PrincipalArn': ROLE_ARN } });
    const statements = [allow('*', '*')];
    expect(refusal({ statements, tablePolicy: [by('*', others)] }, get)).toBeUndefined();
    const notMe = deny('dynamodb:*', '*', { ArnNotEquals: { 'aws:PrincipalArn': `${ROLE_ARN}-2` } });
    expect(refusal({ statements, tablePolicy: [by('*', notMe)] }, get)).toMatch('explicit deny');
  });

  it('that says something unknown is refused with its place', () => {
    const user = { AWS: `arn:aws:iam::${ACCOUNT}:user/x` };
    expect(() => accessWith({ tablePolicy: [by(user, allow('dynamodb:*', '*'))] })).toThrow(
      'Theevents ResourcePolicy statement 1: the principal',
    );
    const streamPolicy = [{ ...by(worker, allow('dynamodb:*', '*')), NotResource: '*' }];
    expect(() => accessWith({ streamPolicy })).toThrow(
      'Theevents StreamSpecification.ResourcePolicy statement 1: NotResource',
    );
  });
});

describe('a policy document', () => {
  it('that uses variables must be of the version that knows them', () => {
    const statements = [allow('sqs:*', QUEUE_ARN.replace('jobs', variable('aws:PrincipalTag/queue')))];
    const policy = (Version?: string) => ({ ...documentOf(statements), Version });
    const role = (Version?: string) => ({
      Policies: [{ PolicyName: 'p', PolicyDocument: policy(Version) }],
    });
    expect(() => accessWith({ role: role('2012-10-17') })).not.toThrow();
    expect(() => accessWith({ role: role('2008-10-17') })).toThrow('Theworker-role p: AWS knows');
    expect(() => accessWith({ role: role() })).toThrow('Theworker-role p: AWS knows policy variables only');
  });
});

const statement = fc
  .record({
    effect: fc.constantFrom(allow, allow, deny),
    action: fc.constantFrom('dynamodb:GetItem', 'dynamodb:*', 'sqs:*'),
    resource: fc.constantFrom(TABLE_ARN, '*', `${TABLE_ARN}/index/*`),
    condition: fc.option(
      fc.constantFrom(
        { StringEquals: { 'aws:PrincipalArn': ROLE_ARN } },
        { StringNotEquals: { 'aws:PrincipalArn': ROLE_ARN } },
        { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'T#1#*' } },
      ),
      { nil: undefined },
    ),
  })
  .map(({ effect, action, resource, condition }) => effect(action, resource, condition));
const statements = fc.array(statement, { maxLength: 4 });
const own = fc.array(
  fc.tuple(fc.constantFrom(worker, root, '*'), statement).map(([principal, one]) => by(principal, one)),
  { maxLength: 4 },
);
const isAllowed = (policies: Policies) => refusal(policies, get) === undefined;

describe('policies of a role and of a table together', () => {
  it('never allow what a Deny anywhere among them forbids', () => {
    const forbidding = deny('dynamodb:GetItem', TABLE_ARN);
    fc.assert(
      fc.property(statements, own, fc.boolean(), fc.nat(), (ofRole, ofTable, inRole, at) => {
        const place = (list: readonly object[], one: object) =>
          list.toSpliced(at % (list.length + 1), 0, one);
        expect(
          isAllowed({
            statements: inRole ? place(ofRole, forbidding) : ofRole,
            tablePolicy: inRole ? ofTable : place(ofTable, by(root, forbidding)),
          }),
        ).toBe(false);
      }),
    );
  });

  it('say the same in any order of their statements', () => {
    const shuffled = (all: fc.Arbitrary<object[]>) =>
      all.chain((list) =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled(statements), shuffled(own), ([ofRole, role2], [ofTable, table2]) => {
        expect(isAllowed({ statements: role2, tablePolicy: table2 })).toBe(
          isAllowed({ statements: ofRole, tablePolicy: ofTable }),
        );
      }),
    );
  });

  it('allow whatever one of the two allows by itself, unless the other forbids it', () => {
    fc.assert(
      fc.property(statements, own, (ofRole, ofTable) => {
        const noDeny = [...ofRole, ...ofTable].every((one) => !('Effect' in one && one.Effect === 'Deny'));
        fc.pre(noDeny);
        expect(isAllowed({ statements: ofRole, tablePolicy: ofTable })).toBe(
          isAllowed({ statements: ofRole }) || isAllowed({ tablePolicy: ofTable }),
        );
      }),
    );
  });

  it('take ForAllValues for true, whatever it asks for, where the key is absent', () => {
    const operator = fc.constantFrom('StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike');
    const key = fc.constantFrom('dynamodb:LeadingKeys', 'dynamodb:Attributes', 'kms:EncryptionContextKeys');
    const values = fc.array(fc.string({ unit: fc.constantFrom('a', '#', '*', '?') }), { minLength: 1 });
    fc.assert(
      fc.property(operator, key, values, (name, asked, wanted) => {
        const condition = { [`ForAllValues:${name}`]: { [asked]: wanted } };
        expect(isAllowed({ statements: [allow('dynamodb:*', '*', condition)] })).toBe(true);
        const present = { Null: { [asked]: 'false' }, ...condition };
        expect(isAllowed({ statements: [allow('dynamodb:*', '*', present)] })).toBe(false);
      }),
    );
  });
});
