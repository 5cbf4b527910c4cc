import type { ConditionTest } from './conditions.ts';
import { TemplateError } from './template.ts';

/** What `AWS::NoValue` resolves to; the property or list item that holds it disappears. */
export const noValue = Symbol('AWS::NoValue');

/** What the intrinsic functions need to know about the stack around them. Each throws TemplateError, naming `path`. */
export interface Scope {
  readonly ref: (name: string, path: string) => unknown;
  readonly attribute: (logicalId: string, attribute: string, path: string) => unknown;
  readonly test: ConditionTest;
  readonly mapping: (map: string, key: string, attribute: string) => unknown;
  readonly exported: (name: string) => string | undefined;
}

type Intrinsic = (argument: unknown, path: string, scope: Scope) => unknown;

const textOf = (value: unknown, path: string): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new TemplateError(path, 'needs a string here');
};

const listOf = (value: unknown, path: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new TemplateError(path, 'needs a list here');
};

const resolveText = (value: unknown, path: string, scope: Scope) =>
  textOf(resolveValue(value, path, scope), path);
const resolveList = (value: unknown, path: string, scope: Scope) =>
  listOf(resolveValue(value, path, scope), path);

const getAtt: Intrinsic = (argument, path, scope) => {
  const parts = typeof argument === 'string' ? argument.split('.') : listOf(argument, path);
  const [logicalId, ...attribute] = parts.map((part) => resolveText(part, path, scope));
  return scope.attribute(logicalId ?? '', attribute.join('.'), path);
};

// A variable given with Fn::Sub hides a resource or parameter of the same name.
const sub: Intrinsic = (argument, path, scope) => {
  const [template, given = {}] = typeof argument === 'string' ? [argument] : listOf(argument, path);
  const variables: Readonly<Record<string, unknown>> = Object(given);
  const variable = (name: string): unknown => {
    if (Object.hasOwn(variables, name)) return resolveValue(variables[name], `${path}.${name}`, scope);
    const dot = name.indexOf('.');
    return dot < 0 ? scope.ref(name, path) : scope.attribute(name.slice(0, dot), name.slice(dot + 1), path);
  };
  return textOf(template, path).replace(/\$\{(!?)([^}]*)\}/g, (_whole, literal: string, name: string) =>
    literal ? `\${${name}}` : textOf(variable(name.trim()), path),
  );
};

const join: Intrinsic = (argument, path, scope) => {
  const [delimiter, items] = listOf(argument, path);
  return resolveList(items, path, scope)
    .map((item) => textOf(item, path))
    .join(textOf(delimiter, path));
};

const select: Intrinsic = (argument, path, scope) => {
  const [index, items] = listOf(argument, path);
  const list = resolveList(items, path, scope);
  const position = Number(resolveText(index, path, scope));
  if (!Object.hasOwn(list, position))
    throw new TemplateError(path, `there is no item ${position} of ${list.length}`);
  return list[position];
};

const split: Intrinsic = (argument, path, scope) => {
  const [delimiter, text] = listOf(argument, path);
  return resolveText(text, path, scope).split(textOf(delimiter, path));
};

const choose: Intrinsic = (argument, path, scope) => {
  const parts = listOf(argument, path);
  if (parts.length !== 3) throw new TemplateError(path, 'takes a condition and two values');
  // The other branch stays unresolved: it may refer to a resource that the same condition leaves out.
  const branch = scope.test(textOf(parts[0], path), path) ? 1 : 2;
  return resolveValue(parts[branch], `${path}.${branch}`, scope);
};

const findInMap: Intrinsic = (argument, path, scope) => {
  const [map, key, attribute, fallback] = listOf(argument, path);
  const names = [map, key, attribute].map((part) => resolveText(part, path, scope));
  const [mapName = '', keyName = '', attributeName = ''] = names;
  const found = scope.mapping(mapName, keyName, attributeName);
  if (found !== undefined) return resolveValue(found, path, scope);
  const otherwise: unknown = Object(fallback)['DefaultValue'];
  if (otherwise === undefined) throw new TemplateError(path, `there is no mapping ${names.join('.')}`);
  return resolveValue(otherwise, path, scope);
};

const importValue: Intrinsic = (argument, path, scope) => {
  const name = resolveText(argument, path, scope);
  const value = scope.exported(name);
  if (value === undefined) throw new TemplateError(path, `no stack exports '${name}'`);
  return value;
};

const intrinsics: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ['Ref', (argument, path, scope) => scope.ref(textOf(argument, path), path)],
  ['Fn::GetAtt', getAtt],
  ['Fn::Sub', sub],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::If', choose],
  ['Fn::FindInMap', findInMap],
  ['Fn::ImportValue', importValue],
  [
    'Fn::Base64',
    (argument, path, scope) => Buffer.from(resolveText(argument, path, scope)).toString('base64'),
  ],
  ['Fn::ToJsonString', (argument, path, scope) => JSON.stringify(resolveValue(argument, path, scope))],
  ['Fn::Length', (argument, path, scope) => resolveList(argument, path, scope).length],
]);

const resolveObject = (value: object, path: string, scope: Scope): unknown => {
  const entries = Object.entries(value);
  const name = entries.map(([key]) => key).find((key) => key === 'Ref' || key.startsWith('Fn::'));
  if (name !== undefined) {
    const intrinsic = intrinsics.get(name);
    if (!intrinsic) throw new TemplateError(path, `the function ${name} is not supported here`);
    if (entries.length > 1) throw new TemplateError(path, `${name} must stand alone in its object`);
    return intrinsic(entries[0]?.[1], `${path}.${name}`, scope);
  }
  return Object.fromEntries(
    entries
      .map(([key, item]) => [key, resolveValue(item, `${path}.${key}`, scope)] as const)
      .filter(([, item]) => item !== noValue),
  );
};

/** Replaces every intrinsic function inside `value` by what it gives. Throws TemplateError for one that has no value. */
export const resolveValue = (value: unknown, path: string, scope: Scope): unknown => {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => resolveValue(item, `${path}.${index}`, scope))
      .filter((item) => item !== noValue);
  }
  if (typeof value === 'object' && value !== null) return resolveObject(value, path, scope);
  if (typeof value === 'string' && value.includes('{{resolve:')) {
    throw new TemplateError(path, 'dynamic references ({{resolve:…}}) are not supported');
  }
  return value;
};
