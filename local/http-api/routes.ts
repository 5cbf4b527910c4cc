export interface RouteMatch<Route> {
  readonly route: Route;
  /** The decoded path variables, by name. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

export type FindRoute<Route> = (method: string, path: string) => RouteMatch<Route> | undefined;

interface Segment {
  readonly kind: 'literal' | 'variable' | 'greedy';
  readonly text: string;
}

interface CompiledRoute<Route> {
  readonly route: Route;
  readonly method: string;
  readonly segments: readonly Segment[];
}

const DEFAULT_ROUTE = '$default';
const ROUTE_KEY = /^(ANY|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\/\S*)$/;
const VARIABLE = /^\{([^{}+]+)(\+?)\}$/;

/** Decodes %XX sequences; text that is not validly encoded stays as it is. */
export const decodeLeniently = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const segmentsOf = (path: string): string[] => path.split('/').slice(1);

const compileSegment = (text: string): Segment => {
  const [, name, plus] = VARIABLE.exec(text) ?? [];
  if (name === undefined) return { kind: 'literal', text };
  return { kind: plus ? 'greedy' : 'variable', text: name };
};

const compile = <Route extends { readonly routeKey: string }>(route: Route): CompiledRoute<Route> => {
  if (route.routeKey === DEFAULT_ROUTE) {
    return { route, method: 'ANY', segments: [] };
  }
  const [, method, path] = ROUTE_KEY.exec(route.routeKey) ?? [];
  if (method === undefined || path === undefined) throw new Error(`'${route.routeKey}' is not a route key`);
  const segments = segmentsOf(path).map(compileSegment);
  if (segments.slice(0, -1).some(({ kind }) => kind === 'greedy')) {
    throw new Error(`'${route.routeKey}': a greedy path variable must come last`);
  }
  return { route, method, segments };
};

// Each letter orders one segment; a path without a greedy variable comes first, whatever its segments are.
const rankOf = ({ method, segments }: CompiledRoute<unknown>): string => {
  const letters = { literal: 'a', variable: 'b', greedy: 'c' };
  const shape = segments.map(({ kind }) => letters[kind]).join('');
  return `${shape === '' ? '2' : shape.endsWith('c') ? '1' : '0'} ${shape} ${method === 'ANY' ? '1' : '0'}`;
};

const bind = (segments: readonly Segment[], path: readonly string[]): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [index, { kind, text }] of segments.entries()) {
    const rest = path.slice(index);
    const value = decodeLeniently(kind === 'greedy' ? rest.join('/') : (rest[0] ?? ''));
    if (kind === 'literal' ? rest.length === 0 || value !== text : value === '') return undefined;
    if (kind === 'greedy') return { ...parameters, [text]: value };
    if (kind === 'variable') parameters[text] = value;
  }
  return path.length === segments.length ? parameters : undefined;
};

/**
 * Prepares the routes for matching on a request's method and still-encoded path. The most specific path wins (literal, then
 * `{variable}`, then `{greedy+}`, then `$default`), then the method over ANY. Throws an Error for a bad or repeated route key.
 */
export const compileRoutes = <Route extends { readonly routeKey: string }>(
  routes: readonly Route[],
): FindRoute<Route> => {
  const keys = routes.map(({ routeKey }) => routeKey);
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw new Error(`the route '${repeated}' is declared twice`);
  const ranked = routes.map(compile).map((compiled) => ({ ...compiled, rank: rankOf(compiled) }));
  ranked.sort((one, other) => (one.rank < other.rank ? -1 : one.rank > other.rank ? 1 : 0));
  return (method, path) => {
    const parts = segmentsOf(path);
    for (const { route, method: wanted, segments } of ranked) {
      if (wanted !== 'ANY' && wanted !== method) continue;
      const pathParameters = route.routeKey === DEFAULT_ROUTE ? {} : bind(segments, parts);
      if (pathParameters) return { route, pathParameters };
    }
    return undefined;
  };
};
