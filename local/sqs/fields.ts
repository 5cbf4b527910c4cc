import { invalidValue, SqsError } from './errors.ts';

/** The parsed body of a request, or one entry of its batch: not checked yet. */
export type Input = Readonly<Record<string, unknown>>;

const missing = (name: string): SqsError =>
  new SqsError('MissingParameter', `The request must contain the parameter ${name}.`);

const wrongType = (name: string, expected: string): SqsError =>
  new SqsError('SerializationException', `${name} must be ${expected}.`);

const isRecord = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `value` as a request body or part of one; throws `SerializationException` when it is no JSON object. */
export const recordOf = (value: unknown, name: string): Input => {
  if (!isRecord(value)) throw wrongType(name, 'an object');
  return value;
};

export const optionalText = (input: Input, name: string): string | undefined => {
  const value = input[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw wrongType(name, 'a string');
  return value;
};

/** A text that must be there and not be empty; throws `MissingParameter`. */
export const text = (input: Input, name: string): string => {
  const value = optionalText(input, name);
  if (!value) throw missing(name);
  return value;
};

export const optionalNumber = (input: Input, name: string): number | undefined => {
  const value = input[name] ?? undefined;
  if (value !== undefined && typeof value !== 'number') throw wrongType(name, 'a number');
  return value;
};

/** A whole number from `min` to `max`, or nothing when it was left out; throws `InvalidParameterValue`. */
export const wholeNumber = (input: Input, name: string, min: number, max: number): number | undefined => {
  const value = optionalNumber(input, name);
  if (value !== undefined && (!Number.isInteger(value) || value < min || value > max))
    throw invalidValue(name, value, `Must be between ${min} and ${max}, if provided.`);
  return value;
};

const list = (input: Input, name: string): readonly unknown[] => {
  const value = input[name] ?? [];
  if (!Array.isArray(value)) throw wrongType(name, 'a list');
  return value;
};

export const textList = (input: Input, name: string): string[] =>
  list(input, name).map((item) => {
    if (typeof item !== 'string') throw wrongType(name, 'a list of strings');
    return item;
  });

export const recordList = (input: Input, name: string): Input[] =>
  list(input, name).map((item) => recordOf(item, name));

export const optionalRecord = (input: Input, name: string): Input => recordOf(input[name] ?? {}, name);

/** An object whose values are all strings. */
export const textMap = (input: Input, name: string): Record<string, string> => {
  const record = optionalRecord(input, name);
  return Object.fromEntries(Object.keys(record).map((key) => [key, optionalText(record, key) ?? '']));
};
