import { compilePattern } from './pattern.ts';
import { keyName, type RequestContext, valuesOfKey } from './request-context.ts';

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
  if (wanted.split(':').length < ARN_PARTS) throw new Error(`${place}: ${wanted} is no ARN`);
  const wantedParts = arnParts(wanted);
  if (wantedParts.slice(0, -1).some((part) => part.includes('${')))
    throw new Error(`${place}: a variable before the last part of an ARN is not supported`);
  const patterns = wantedParts.map((part) => compilePattern(part, place));
  return (value, context) => {
    const parts = arnParts(value);
    return patterns.every((pattern, index) => pattern.matches(parts[index] ?? '', context));
  };
};

const sameBool = (wanted: string, place: string): Match => {
  const lower = wanted.toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw new Error(`${place}: Bool takes true or false`);
  return (value) => value.toLowerCase() === lower;
};

const COMPARISONS: ReadonlyMap<string, (wanted: string, place: string) => Match> = new Map([
  ['StringEquals', equals],
  ['StringLike', like],
  ['ArnEquals', arnLike],
  ['ArnLike', arnLike],
  ['Bool', sameBool],
]);
const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;
const SET_COMPARISONS = new Set(['StringEquals', 'StringLike']);

interface Operator {
  readonly quantifier: string | undefined;
  readonly make: (wanted: string, place: string) => Match;
  /** Whether a value must be none of the policy's. */
  readonly negated: boolean;
  readonly ifExists: boolean;
}

const operatorOf = (text: string, place: string): Operator => {
  const [, quantifier, name = '', ifExists] = OPERATOR.exec(text) ?? [];
  const positive = name.replace(/^(String|Arn)Not/, '$1');
  const make = COMPARISONS.get(positive);
  if (!make || (quantifier !== undefined && (ifExists !== undefined || !SET_COMPARISONS.has(positive))))
    throw new Error(`${place}: the condition operator ${text} is not supported`);
  return { quantifier, make, negated: positive !== name, ifExists: ifExists !== undefined };
};

const isPresent = (key: string, wanted: readonly string[], place: string): Condition => {
  const [text, ...others] = wanted.map((value) => value.toLowerCase());
  if (others.length > 0 || (text !== 'true' && text !== 'false'))
    throw new Error(`${place}: Null takes true or false`);
  return (context) => (context.get(key) === undefined) === (text === 'true');
};

const compare = (key: string, operator: Operator, matches: readonly Match[]): Condition => {
  const { quantifier, negated, ifExists } = operator;
  const fits = (context: RequestContext) => (value: string) =>
    matches.some((match) => match(value, context)) !== negated;
  return (context) => {
    const values = context.get(key);
    // Every one of no values: an absent key satisfies it, as on AWS.
    if (quantifier === 'ForAllValues') return (values ?? []).every(fits(context));
    if (values === undefined && quantifier === undefined) return negated || ifExists;
    return (values ?? []).some(fits(context));
  };
};

const VARIABLE = /\$\{(?![*?$]\})/;

const compileTest = (operator: string, name: string, value: unknown, place: string): Condition => {
  const values = valuesOfKey(name);
  if (values === undefined) throw new Error(`${place}: the condition key ${name} is not supported`);
  const key = keyName(name);
  const wanted = [value].flat().map(String);
  if (wanted.length === 0) throw new Error(`${place}: ${name} is compared with nothing`);
  if (operator === 'Null') return isPresent(key, wanted, place);
  const known = operatorOf(operator, place);
  if (values === 'many' && known.quantifier === undefined)
    throw new Error(`${place}: ${name} has many values and needs ForAllValues or ForAnyValue`);
  // AWS says only that a variable without a value "might" invalidate the statement; a Deny must not hang on that.
  if (known.negated && wanted.some((one) => VARIABLE.test(one)))
    throw new Error(`${place}: a variable in ${operator} is not supported`);
  return compare(
    key,
    known,
    wanted.map((one) => known.make(one, place)),
  );
};

/**
 * Compiles the Condition of a statement: all of its tests must hold, each for one of its values, or for none of them
 * where the operator is negated. Contexts must be merged ones (`mergedContext`). Source: IAM's pages on condition
 * operators and on multivalued context keys.
 * @throws Error, which starts with `place`, for an operator or a key that is not known here
 */
export const compileConditions = (block: unknown, place: string): readonly Condition[] =>
  Object.entries(Object(block)).flatMap(([operator, tests]) =>
    Object.entries(Object(tests)).map(([key, value]) => compileTest(operator, key, value, place)),
  );
