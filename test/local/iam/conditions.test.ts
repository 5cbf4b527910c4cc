import { describe, expect, it } from 'vitest';
import { compileConditions } from '../../../local/iam/conditions.ts';
import { mergedContext } from '../../../local/iam/request-context.ts';
import { variable } from './iam-setup.ts';

const holds = (block: object, context: Readonly<Record<string, readonly string[]>> = {}): boolean =>
  compileConditions(block, 'here').every((condition) =>
    condition(mergedContext(new Map(Object.entries(context)))),
  );

const PURPOSE = 'kms:EncryptionContext:purpose';
const KEYS = 'dynamodb:LeadingKeys';

describe('conditions', () => {
  it('of StringEquals compare whole values with their case, and any of several will do', () => {
    const block = { StringEquals: { [PURPOSE]: ['a', 'b*'] } };
    expect(holds(block, { [PURPOSE]: ['a'] })).toBe(true);
    expect(holds(block, { [PURPOSE]: ['A'] })).toBe(false);
    expect(holds(block, { [PURPOSE]: ['b*'] })).toBe(true);
    expect(holds(block, { [PURPOSE]: ['bc'] })).toBe(false);
    expect(holds(block)).toBe(false);
  });

  it('of StringLike know * and ?', () => {
    const block = { StringLike: { [PURPOSE]: 'a?c*' } };
    expect(holds(block, { [PURPOSE]: ['abc'] })).toBe(true);
    expect(holds(block, { [PURPOSE]: ['abcdef'] })).toBe(true);
    expect(holds(block, { [PURPOSE]: ['ac'] })).toBe(false);
  });

  it('that are negated hold when none of several values fits, and also when the key is absent', () => {
    const notEqual = { StringNotEquals: { [PURPOSE]: ['a', 'b*'] } };
    expect(holds(notEqual, { [PURPOSE]: ['a'] })).toBe(false);
    expect(holds(notEqual, { [PURPOSE]: ['bc'] })).toBe(true);
    expect(holds(notEqual)).toBe(true);
    const notLike = { StringNotLike: { [PURPOSE]: ['a', 'b*'] } };
    expect(holds(notLike, { [PURPOSE]: ['bc'] })).toBe(false);
    expect(holds(notLike, { [PURPOSE]: ['c'] })).toBe(true);
    const noWorker = { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/worker-*' } };
    expect(holds(noWorker, { 'aws:PrincipalArn': ['arn:aws:iam::1:role/worker-1'] })).toBe(false);
    expect(holds(noWorker, { 'aws:PrincipalArn': ['arn:aws:iam::1:role/other'] })).toBe(true);
  });

  it('that end in IfExists hold when the key is absent, and otherwise as they would without', () => {
    const block = { StringEqualsIfExists: { [PURPOSE]: 'a' } };
    expect(holds(block)).toBe(true);
    expect(holds(block, { [PURPOSE]: ['a'] })).toBe(true);
    expect(holds(block, { [PURPOSE]: ['b'] })).toBe(false);
    const negated = { StringNotEqualsIfExists: { [PURPOSE]: 'a' } };
    expect(holds(negated)).toBe(true);
    expect(holds(negated, { [PURPOSE]: ['a'] })).toBe(false);
  });

  it('compare the values of Bool without their case', () => {
    const block = { Bool: { 'aws:SecureTransport': ['TRUE'] } };
    expect(holds(block, { 'aws:SecureTransport': ['true'] })).toBe(true);
    expect(holds(block, { 'aws:SecureTransport': ['false'] })).toBe(false);
    expect(holds(block)).toBe(false);
  });

  it('know keys, and the tags in them, in any case', () => {
    const tag = variable('aws:principaltag/Tenant');
    const block = { StringEquals: { 'KMS:encryptioncontext:Purpose': tag } };
    expect(holds(block, { [PURPOSE]: ['t'], 'aws:PrincipalTag/tenant': ['t'] })).toBe(true);
    expect(holds(block, { [PURPOSE]: ['T'], 'aws:PrincipalTag/tenant': ['t'] })).toBe(false);
  });

  it('must all hold', () => {
    const block = { StringEquals: { [PURPOSE]: 'a' }, Bool: { 'aws:SecureTransport': 'true' } };
    expect(holds(block, { [PURPOSE]: ['a'], 'aws:SecureTransport': ['true'] })).toBe(true);
    expect(holds(block, { [PURPOSE]: ['a'], 'aws:SecureTransport': ['false'] })).toBe(false);
    expect(holds(block, { 'aws:SecureTransport': ['true'] })).toBe(false);
  });

  it('for all values hold when every value fits, and also when there is none', () => {
    const block = { 'ForAllValues:StringLike': { [KEYS]: ['T#1#*', 'T#2#*'] } };
    expect(holds(block, { [KEYS]: ['T#1#a', 'T#2#b'] })).toBe(true);
    expect(holds(block, { [KEYS]: ['T#1#a', 'T#3#b'] })).toBe(false);
    expect(holds(block)).toBe(true);
  });

  it('for any value hold when one value fits, and not when there is none', () => {
    const block = { 'ForAnyValue:StringEquals': { [KEYS]: ['a', 'b'] } };
    expect(holds(block, { [KEYS]: ['c', 'b'] })).toBe(true);
    expect(holds(block, { [KEYS]: ['c'] })).toBe(false);
    expect(holds(block)).toBe(false);
  });

  it('for all or any values can be negated, value by value', () => {
    const none = { 'ForAllValues:StringNotLike': { [KEYS]: ['T#1#*'] } };
    expect(holds(none, { [KEYS]: ['T#2#a', 'T#3#b'] })).toBe(true);
    expect(holds(none, { [KEYS]: ['T#2#a', 'T#1#b'] })).toBe(false);
    expect(holds(none)).toBe(true);
    const another = { 'ForAnyValue:StringNotEquals': { [KEYS]: ['a'] } };
    expect(holds(another, { [KEYS]: ['a', 'b'] })).toBe(true);
    expect(holds(another, { [KEYS]: ['a'] })).toBe(false);
    expect(holds(another)).toBe(false);
  });

  it('of Null ask whether a key is absent', () => {
    expect(holds({ Null: { [KEYS]: 'true' } })).toBe(true);
    expect(holds({ Null: { [KEYS]: 'true' } }, { [KEYS]: ['a'] })).toBe(false);
    expect(holds({ Null: { [KEYS]: false } }, { [KEYS]: ['a'] })).toBe(true);
    expect(holds({ Null: { [KEYS]: false } })).toBe(false);
  });

  it.each(['ArnLike', 'ArnEquals'])('of %s match an ARN part by part', (operator) => {
    const block = { [operator]: { 'aws:PrincipalTag/source': 'arn:aws:sqs:*:1:a*' } };
    const tag = (arn: string) => ({ 'aws:PrincipalTag/source': [arn] });
    expect(holds(block, tag('arn:aws:sqs:eu:1:abc'))).toBe(true);
    expect(holds(block, tag('arn:aws:sqs:eu:1:1:abc'))).toBe(false);
    expect(holds(block, tag('arn:aws:sns:eu:1:abc'))).toBe(false);
    expect(holds(block, tag('arn:aws:sqs'))).toBe(false);
    const own = { [operator]: { 'aws:PrincipalArn': `arn:*:iam::1:role/${variable('aws:PrincipalTag/r')}` } };
    const principal = { 'aws:PrincipalArn': ['arn:aws:iam::1:role/a'] };
    expect(holds(own, { ...principal, 'aws:PrincipalTag/r': ['a'] })).toBe(true);
    expect(holds(own, { ...principal, 'aws:PrincipalTag/r': ['b'] })).toBe(false);
  });

  it('put the tags of the principal where a policy names them', () => {
    const block = {
      'ForAllValues:StringLike': { [KEYS]: [`T#${variable('aws:PrincipalTag/tenant')}#*`] },
      StringEquals: { [PURPOSE]: variable('aws:PrincipalTag/purpose') },
    };
    const tags = { 'aws:PrincipalTag/tenant': ['a.b'], 'aws:PrincipalTag/purpose': ['x*'] };
    expect(holds(block, { ...tags, [KEYS]: ['T#a.b#1'], [PURPOSE]: ['x*'] })).toBe(true);
    expect(holds(block, { ...tags, [KEYS]: ['T#aXb#1'], [PURPOSE]: ['x*'] })).toBe(false);
    expect(holds(block, { ...tags, [KEYS]: ['T#a.b#1'], [PURPOSE]: ['xy'] })).toBe(false);
    expect(holds(block, { [KEYS]: ['T##1'], [PURPOSE]: [''] })).toBe(false);
  });

  it.each([
    [{ NumericEquals: { [PURPOSE]: '1' } }, 'the condition operator NumericEquals'],
    [{ StringEqualsIgnoreCase: { [PURPOSE]: 'a' } }, 'the condition operator StringEqualsIgnoreCase'],
    [{ NullIfExists: { [PURPOSE]: 'true' } }, 'the condition operator NullIfExists'],
    [{ BoolNot: { 'aws:SecureTransport': 'true' } }, 'the condition operator BoolNot'],
    [{ toString: { [PURPOSE]: 'a' } }, 'the condition operator toString'],
    [
      { 'ForAnyValue:StringLikeIfExists': { [KEYS]: 'a' } },
      'the condition operator ForAnyValue:StringLikeIfExists',
    ],
    [{ 'ForAllValues:ArnLike': { [KEYS]: 'a' } }, 'the condition operator ForAllValues:ArnLike'],
    [{ Bool: { 'aws:SecureTransport': 'yes' } }, 'Bool takes true or false'],
    [{ ArnLike: { 'aws:PrincipalArn': '*' } }, '* is no ARN'],
    [
      { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${variable('aws:PrincipalTag/a')}:role/b` } },
      'a variable before the last part of an ARN',
    ],
    [{ StringEquals: { [PURPOSE]: [] } }, `${PURPOSE} is compared with nothing`],
    [
      { StringNotLike: { [PURPOSE]: ['a', `${variable('aws:PrincipalTag/a')}-*`] } },
      'a variable in StringNotLike is not supported',
    ],
    [{ 'ForAllValues:Bool': { 'aws:SecureTransport': 'true' } }, 'the condition operator ForAllValues:Bool'],
    [{ StringEquals: { 'aws:SourceIp': 'a' } }, 'the condition key aws:SourceIp'],
    [{ StringLike: { [PURPOSE]: variable('aws:username') } }, 'the policy variable aws:username'],
    [{ StringEquals: { [KEYS]: 'a' } }, `${KEYS} has many values`],
    [{ StringEquals: { [PURPOSE]: `${variable('aws:PrincipalTag/a')}*` } }, 'a variable beside a wildcard'],
    [{ Null: { [PURPOSE]: 'perhaps' } }, 'Null takes true or false'],
  ])('that are not known here are refused with their place: %j', (block, problem) => {
    expect(() => compileConditions(block, 'Policy statement 2')).toThrow(`Policy statement 2: ${problem}`);
  });
});
