import { TemplateError } from './template.ts';

export type ConditionTest = (name: string, path: string) => boolean;

type ResolveValue = (value: unknown, path: string) => unknown;

interface Scope {
  readonly resolve: ResolveValue;
  readonly test: ConditionTest;
}

const operands = (
  argument: unknown,
  countMin: number,
  countMax: number,
  path: string,
): readonly unknown[] => {
  if (!Array.isArray(argument) || argument.length < countMin || argument.length > countMax) {
    const count = countMin === countMax ? `${countMin}` : `${countMin} to ${countMax}`;
    throw new TemplateError(path, `takes a list of ${count} operands`);
  }
  return argument;
};

const comparable = (value: unknown, path: string): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new TemplateError(path, 'only strings, numbers and booleans can be compared');
};

const evaluate = (expression: unknown, path: string, scope: Scope): boolean => {
  const [only, ...others] = Object.entries(expression ?? {});
  if (!only || others.length > 0)
    throw new TemplateError(path, 'a condition is an object with one condition function');
  const [name, argument] = only;
  const at = `${path}.${name}`;
  const all = (countMin: number, countMax: number) =>
    operands(argument, countMin, countMax, at).map((part, index) => evaluate(part, `${at}.${index}`, scope));
  const pair = () => operands(argument, 2, 2, at).map((part, index) => scope.resolve(part, `${at}.${index}`));
  switch (name) {
    case 'Condition':
      return scope.test(String(argument), at);
    case 'Fn::Equals': {
      const [left, right] = pair().map((value) => comparable(value, at));
      return left === right;
    }
    case 'Fn::Contains': {
      const [list, wanted] = pair();
      if (!Array.isArray(list)) throw new TemplateError(at, 'the first operand is not a list');
      return list.map((item) => comparable(item, at)).includes(comparable(wanted, at));
    }
    case 'Fn::And':
      return all(2, 10).every(Boolean);
    case 'Fn::Or':
      return all(2, 10).some(Boolean);
    case 'Fn::Not':
      return all(1, 1).every((holds) => !holds);
    default:
      throw new TemplateError(at, 'is not a condition function');
  }
};

/**
 * Makes the test of the template's named conditions; each is evaluated once, when first asked for. The test throws
 * TemplateError for a name that is not declared and for conditions that depend on one another in a circle.
 */
export const conditionTest = (
  declared: Readonly<Record<string, unknown>>,
  resolve: ResolveValue,
): ConditionTest => {
  const known = new Map<string, boolean>();
  const pending = new Set<string>();
  const test: ConditionTest = (name, path) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    if (!Object.hasOwn(declared, name)) throw new TemplateError(path, `there is no condition '${name}'`);
    if (pending.has(name)) throw new TemplateError(path, `condition '${name}' depends on itself`);
    pending.add(name);
    const holds = evaluate(declared[name], `Conditions.${name}`, { resolve, test });
    pending.delete(name);
    known.set(name, holds);
    return holds;
  };
  return test;
};
