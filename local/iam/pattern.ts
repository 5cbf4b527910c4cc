import { keyName, type RequestContext } from './request-context.ts';

/** Text with `*`, `?` and policy variables, as policies name actions, resources and values. */
export interface Pattern {
  readonly text: string;
  /** Whether what it matches depends on the request's context. */
  readonly varies: boolean;
  matches(value: string, context: RequestContext): boolean;
}

const TOKEN = /\$\{([^}]*)\}|\*|\?|[^$*?]+|\$/g;
// These three stand for the signs themselves.
const LITERAL_VARIABLES = new Set(['*', '?', '$']);
const VARIABLE = /^aws:PrincipalTag\/[\w+=.@-]+$/i;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const sourceOf = (token: string, context: RequestContext): string | undefined => {
  if (token === '*') return '.*';
  if (token === '?') return '.';
  const variable = /^\$\{(.*)\}$/.exec(token)?.[1];
  if (variable === undefined) return escaped(token);
  if (LITERAL_VARIABLES.has(variable)) return escaped(variable);
  const [value] = context.get(keyName(variable)) ?? [];
  return value === undefined ? undefined : escaped(value);
};

const expressionOf = (
  tokens: readonly string[],
  context: RequestContext,
  flags: string,
): RegExp | undefined => {
  const sources = tokens.map((token) => sourceOf(token, context));
  // A variable without a value matches nothing, whatever stands around it.
  return sources.includes(undefined) ? undefined : new RegExp(`^${sources.join('')}$`, flags);
};

/**
 * Compiles a pattern; `anyCase` is for actions, which have no case.
 * @throws Error for a policy variable other than a tag of the principal
 */
export const compilePattern = (text: string, place: string, anyCase = false): Pattern => {
  const tokens = text.match(TOKEN) ?? [];
  const variables = tokens.flatMap((token) => /^\$\{(.*)\}$/.exec(token)?.[1] ?? []);
  const flags = anyCase ? 'is' : 's';
  const named = variables.filter((name) => !LITERAL_VARIABLES.has(name));
  for (const name of named)
    if (!VARIABLE.test(name)) throw new Error(`${place}: the policy variable ${name} is not supported`);
  const fixed = named.length === 0 ? expressionOf(tokens, new Map(), flags) : undefined;
  return {
    text,
    varies: named.length > 0,
    matches: (value, context) => (fixed ?? expressionOf(tokens, context, flags))?.test(value) ?? false,
  };
};
