import { describe, expect, it } from 'vitest';
import { parameterValues } from '../../../local/cloudformation/parameters.ts';
import type { ParameterDeclaration } from '../../../local/cloudformation/template.ts';

const resolved = (declaration: ParameterDeclaration, given?: string) =>
  parameterValues({ P: declaration }, given === undefined ? {} : { P: given }).get('P');

describe('a parameter', () => {
  it('has the given value before its default', () => {
    expect(resolved({ Type: 'String', Default: 'a' })).toBe('a');
    expect(resolved({ Type: 'String', Default: 'a' }, 'b')).toBe('b');
    expect(resolved({ Type: 'String', Default: 'a' }, '')).toBe('');
  });

  it('of a number or list type has a number or a list', () => {
    expect(resolved({ Type: 'Number', Default: '30' })).toBe(30);
    expect(resolved({ Type: 'CommaDelimitedList' }, 'a, b')).toEqual(['a', 'b']);
    expect(resolved({ Type: 'List<Number>' }, '1,2')).toEqual(['1', '2']);
  });

  it('stored in SSM has the given value, and none without it, whatever path is its default', () => {
    const stored = { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' };
    expect(resolved(stored)).toBeUndefined();
    expect(resolved(stored, '21')).toBe('21');
    expect(resolved({ ...stored, Type: 'AWS::SSM::Parameter::Value<List<String>>' }, 'a,b')).toEqual([
      'a',
      'b',
    ]);
  });

  it.each<[string, ParameterDeclaration, string | undefined, RegExp]>([
    ['has no value', { Type: 'String' }, undefined, /Parameters\.P: has no value and no default/],
    [
      'is not among the allowed values',
      { Type: 'String', AllowedValues: ['a', 'b'] },
      'c',
      /none of the allowed values a, b/,
    ],
    [
      'matches its pattern only in part',
      { Type: 'String', AllowedPattern: '[a-z]+' },
      'abc1',
      /does not match/,
    ],
    [
      'holds a list item that does not match',
      { Type: 'CommaDelimitedList', AllowedPattern: '[a-z]+' },
      'a,1',
      /'1' does not match/,
    ],
    ['is too short', { Type: 'String', MinLength: 3 }, 'ab', /3 to/],
    ['is not a number', { Type: 'Number' }, 'ten', /not a number/],
    ['is an empty number', { Type: 'Number' }, '', /not a number/],
    ['holds a list item that is not a number', { Type: 'List<Number>' }, '1,x', /'x' is not a number/],
    ['is a number out of range', { Type: 'Number', MaxValue: 5 }, '6', /outside/],
  ])('is refused when it %s', (_name, declaration, given, problem) => {
    expect(() => resolved(declaration, given)).toThrow(problem);
  });

  it('is refused when the template does not declare it', () => {
    expect(() => parameterValues({}, { Typo: 'x' })).toThrow(/Parameters\.Typo: is not declared/);
  });
});
