import { compilePattern } from './pattern.ts';
import { type RequestContext, valuesOfKey } from './request-context.ts';

export type Condition = (context: RequestContext) => boolean;

/** Whether one value of the request is one of the policy's. */
type Match = (value: string, context: RequestContext) => boolean;

const equals = (wanted: string, place: string): Match => {
  const variable = wanted.includes('${') ? compilePattern(wanted, place) : undefined;
  if (variable && /[*?]/.test(wanted.replaceAll(/\$\{[^}]*\}/g, '')))
    throw new Error(`${place}: a variable beside a wildcard is not supported in StringEquals`);
  return (value, context) => variable?.matches(value, context) ?? value === wanted;
};

const like = (wanted: string, place: string): Match => compilePattern(wanted, place).matches;

const ARN_PARTS = 6;

/** The six parts of an ARN; the last keeps its colons. */
const arnParts = (arn: string): string[] => {
  const parts = arn.split(':');
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
};

// Part by part, so that no wildcard reaches across a colon into the next one.
const arnLike = (wanted: string, place: string): Match => {
  const patterns = arnParts(wanted).map((part) => compilePattern(part, place));
  return (value, context) => {
    const parts = arnParts(value);
    return patterns.every((pattern, index) => pattern.matches(parts[index] ?? '', context));
  };
};

const sameBool = (wanted: string): Match => {
  const lower = wanted.toLowerCase();
  return (value) => value.toLowerCase() === lower;
};

const COMPARISONS: Readonly<Record<string, (wanted: string, place: string) => Match>> = {
  StringEquals: equals,
  StringLike: like,
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: sameBool,
};
const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?(\w+)$/;
const SET_COMPARISONS = new Set(['StringEquals', 'StringLike']);

type Quantifier = 'ForAllValues' | 'ForAnyValue' | undefined;

const isPresent = (key: string, wanted: readonly string[], place: string): Condition => {
  const [text, ...others] = wanted.map((value) => value.toLowerCase());
  if (others.length > 0 || (text !== 'true' && text !== 'false'))
    throw new Error(`${place}: Null takes true or false`);
  return (context) => (context.get(key) === undefined) === (text === 'true');
};

const compare = (key: string, quantifier: Quantifier, matches: readonly Match[]): Condition => {
  const isOneOf = (context: RequestContext) => (value: string) =>
    matches.some((match) => match(value, context));
  return quantifier === 'ForAllValues'
    ? // Every one of no values: an absent key satisfies it, as on AWS.
      (context) => (context.get(key) ?? []).every(isOneOf(context))
    : (context) => (context.get(key) ?? []).some(isOneOf(context));
};

const partsOfOperator = (operator: string, place: string) => {
  const [, quantifier, comparison = ''] = OPERATOR.exec(operator) ?? [];
  const make = COMPARISONS[comparison];
  if (!make || (quantifier !== undefined && !SET_COMPARISONS.has(comparison)))
    throw new Error(`${place}: the condition operator ${operator} is not supported`);
  return { quantifier: quantifier as Quantifier, make };
};

const compileTest = (operator: string, key: string, value: unknown, place: string): Condition => {
  const values = valuesOfKey(key);
  if (values === undefined) throw new Error(`${place}: the condition key ${key} is not supported`);
  const wanted = [value].flat().map(String);
  if (operator === 'Null') return isPresent(key, wanted, place);
  const { quantifier, make } = partsOfOperator(operator, place);
  if (values === 'many' && quantifier === undefined)
    throw new Error(`${place}: ${key} has many values and needs ForAllValues or ForAnyValue`);
  return compare(
    key,
    quantifier,
    wanted.map((one) => make(one, place)),
  );
};

/**
 * Compiles the Condition of a statement: all of its tests must hold, each for one of its values.
 * @throws Error, which starts with `place`, for an operator or a key that is not known here
 */
export const compileConditions = (block: unknown, place: string): readonly Condition[] =>
  Object.entries(Object(block)).flatMap(([operator, tests]) =>
    Object.entries(Object(tests)).map(([key, value]) => compileTest(operator, key, value, place)),
  );
