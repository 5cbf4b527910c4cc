import type * as z from 'zod';
import { routes } from './all-routes.ts';
import { type ErrorCode, errors, Problem } from './errors.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { type RouteDocs, routeDocs } from './route-docs.ts';
import { type Route, routeKey } from './routes.ts';

type Json = Record<string, unknown>;

// The table of documents is typed by the routes, so each has its entry.
const docsOf = (route: Route) => (routeDocs as Record<string, RouteDocs>)[routeKey(route)] as RouteDocs;

/** Lifts `$defs` of one schema into the document's components and points the references there. */
const hoist = (schema: Json, components: Json): Json => {
  const { $defs, ...rest } = schema;
  const text = JSON.stringify(rest).replaceAll('"#/$defs/', '"#/components/schemas/');
  for (const [name, definition] of Object.entries((($defs as Json | undefined) ?? {}) as Json)) {
    components[name] = hoist(definition as Json, components);
  }
  return JSON.parse(text);
};

const named = (schema: z.ZodType, components: Json): Json => {
  const id = schema.meta()?.id;
  const json = hoist(jsonSchemaOf(schema), components);
  if (id === undefined) return json;
  components[id] ??= json;
  return { $ref: `#/components/schemas/${id}` };
};

const always: readonly ErrorCode[] = ['service.failed', 'service.throttled'];
const withCaller: readonly ErrorCode[] = [
  'auth.token_missing',
  'auth.token_invalid',
  'auth.token_expired',
  'auth.role_missing',
  'auth.tenant_unknown',
];
const withTenant: readonly ErrorCode[] = ['tenant.missing', 'tenant.malformed', 'tenant.foreign'];
const withQuery: readonly ErrorCode[] = ['request.invalid'];
const withBody: readonly ErrorCode[] = [
  'request.json_invalid',
  'request.content_type',
  'request.body_too_large',
  'request.invalid',
];

/** Whether nobody who is known can be forbidden it: members of a tenant read. */
const isForEveryRole = ({ access, method }: Route): boolean =>
  access === 'public' || (access === 'tenant' && method === 'GET');

/** All error codes that a route can answer. */
export const errorsOf = (route: Route): ErrorCode[] => [
  ...always,
  ...(route.access === 'public' ? [] : withCaller),
  ...(isForEveryRole(route) ? [] : (['auth.forbidden'] as const)),
  ...(route.access === 'tenant' ? withTenant : []),
  ...(route.access === 'admin' ? (['tenant.malformed'] as const) : []),
  ...(route.body ? withBody : []),
  ...(route.query ? withQuery : []),
  ...(docsOf(route).errors ?? []),
];

const errorResponses = (route: Route): Json => {
  const byStatus = Map.groupBy(errorsOf(route), (code) => errors[code].status);
  const entries = [...byStatus].map(([status, codes]) => [
    String(status),
    {
      description: codes.map((code) => `\`${code}\`: ${errors[code].title}`).join('; '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  return Object.fromEntries(entries);
};

const queryParameters = ({ query }: RouteDocs): Json[] =>
  Object.entries((query?.shape ?? {}) as Record<string, z.ZodType>).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !schema.safeParse(undefined).success,
    schema: jsonSchemaOf(schema),
  }));

const parameters = (route: Route): Json[] => [
  ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  })),
  ...(route.access === 'tenant'
    ? [
        {
          name: 'X-Tenant-Id',
          in: 'header',
          required: false,
          description: "Required of operators; a user's token names the tenant itself.",
          schema: { type: 'string', format: 'uuid' },
        },
      ]
    : []),
  ...queryParameters(docsOf(route)),
];

const operation = (
  route: Route,
  { summary, request, response, examples }: RouteDocs,
  components: Json,
): Json => ({
  operationId: `${route.method.toLowerCase()}${route.path.replace(/[/{}_.]+(\w?)/g, (_, next: string) => next.toUpperCase())}`,
  summary: summary,
  parameters: parameters(route),
  security: route.access === 'public' ? [] : [{ bearer: [] }],
  ...(request === undefined
    ? {}
    : {
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: named(request, components),
              ...(examples === undefined ? {} : { examples }),
            },
          },
        },
      }),
  responses: {
    [String(route.status)]: {
      description: summary,
      content: {
        'application/json': {
          schema: response === undefined ? { type: 'object' } : named(response, components),
        },
      },
    },
    ...errorResponses(route),
  },
});

/** The OpenAPI 3.1 document, made from the very schemas that validate requests. */
export const openApiDocument = (version: string): Json => {
  const schemas: Json = {};
  named(Problem, schemas);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: operation(route, docsOf(route), schemas),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Crossdock', version, description: 'Events out to connections, webhooks in.' },
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: "An operator token, or a JWT of the users' OpenID Connect issuer.",
        },
      },
    },
  };
};
