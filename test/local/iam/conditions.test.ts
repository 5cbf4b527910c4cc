import { describe, expect, it } from 'vitest';
import { compileConditions } from '../../../local/iam/conditions.ts';
import { variable } from './iam-setup.ts';

const holds = (block: object, context: Readonly<Record<string, readonly string[]>> = {}): boolean =>
  compileConditions(block, 'here').every((condition) => condition(new Map(Object.entries(context))));

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
    [{ StringNotEquals: { [PURPOSE]: 'a' } }, 'the condition operator StringNotEquals'],
    [{ StringEqualsIfExists: { [PURPOSE]: 'a' } }, 'the condition operator StringEqualsIfExists'],
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
