export type Predicate = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const text = (test: (value: string, operand: string) => boolean, operand: unknown): Predicate => {
  if (typeof operand !== 'string') throw new Error(`Filter operand ${JSON.stringify(operand)} is not text`);
  return (value) => typeof value === 'string' && test(value, operand);
};

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
};

const numeric = (operand: unknown): Predicate => {
  const parts = asList(operand);
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = comparisons[String(parts[index])];
    const bound = parts[index + 1];
    if (!compare || typeof bound !== 'number')
      throw new Error(`Filter numeric ${JSON.stringify(operand)} is not valid`);
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
};

const anythingBut = (operand: unknown): Predicate => {
  const excluded = isObject(operand) ? [leaf(operand)] : asList(operand).map((item) => leaf(item));
  return (value) => value !== undefined && !excluded.some((matches) => matches(value));
};

const operators: Readonly<Record<string, (operand: unknown) => Predicate>> = {
  prefix: (operand) => text((value, start) => value.startsWith(start), operand),
  suffix: (operand) => text((value, end) => value.endsWith(end), operand),
  'equals-ignore-case': (operand) =>
    text((value, other) => value.toLowerCase() === other.toLowerCase(), operand),
  exists: (operand) => (value) => operand === (value !== undefined),
  'anything-but': anythingBut,
  numeric,
};

const leaf = (rule: unknown): Predicate => {
  if (!isObject(rule)) return (value) => value === rule;
  const [[name, operand] = [undefined, undefined], ...more] = Object.entries(rule);
  const operator = name === undefined ? undefined : operators[name];
  if (!operator || more.length > 0) throw new Error(`Filter rule ${JSON.stringify(rule)} is not supported`);
  return operator(operand);
};

// A list in the event matches when one of its elements does.
const inAnyElement =
  (matches: Predicate): Predicate =>
  (value) =>
    Array.isArray(value) ? value.some(matches) : matches(value);

const compile = (pattern: unknown): Predicate => {
  if (Array.isArray(pattern) && pattern.length > 0) {
    const leaves = pattern.map(leaf);
    return inAnyElement((value) => leaves.some((matches) => matches(value)));
  }
  if (!isObject(pattern))
    throw new Error(`Filter ${JSON.stringify(pattern)} is neither an object nor a list of rules`);
  const fields = Object.entries(pattern).map(([name, rule]): Predicate => {
    if (name === '$or') {
      const alternatives = asList(rule).map(compile);
      return (value) => alternatives.some((matches) => matches(value));
    }
    const matches = compile(rule);
    return (value) => matches(isObject(value) ? value[name] : undefined);
  });
  return inAnyElement((value) => fields.every((matches) => matches(value)));
};

/** Compiles one filter pattern of an event source mapping (JSON text). Throws on an operator or shape that it does not know. */
export const compileFilter = (patternJson: string): Predicate => compile(JSON.parse(patternJson));

/** Whether a record passes: any of the patterns suffices, and no patterns let everything through. */
export const compileFilters = (patternsJson: readonly string[]): Predicate => {
  const filters = patternsJson.map(compileFilter);
  return (value) => filters.length === 0 || filters.some((matches) => matches(value));
};
