export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The function that answers it, named like its folder. */
  readonly handler: 'catalogue' | 'manage' | 'publish' | 'outcome';
  /** `tenant` is for operators and the tenant's users, of whom members read alone; `admin` for operators. */
  readonly access: 'public' | 'tenant' | 'admin';
  /** Whether a JSON body is asked for. */
  readonly body?: true;
  readonly status: number;
}

/**
 * Every route of the HTTP API. The gateway, the handlers and the OpenAPI document are made from this table; their
 * schemas and words stand apart, in route-docs.ts, so that a function bundles only what it uses.
 */
export const routes = [
  {
    method: 'GET',
    path: '/health',
    handler: 'catalogue',
    access: 'public',
    status: 200,
  },
  {
    method: 'GET',
    path: '/providers',
    handler: 'catalogue',
    access: 'public',
    status: 200,
  },
  {
    method: 'GET',
    path: '/openapi.json',
    handler: 'catalogue',
    access: 'public',
    status: 200,
  },
  {
    method: 'PUT',
    path: '/admin/tenants/{tenant_id}',
    handler: 'manage',
    access: 'admin',
    body: true,
    status: 200,
  },
  {
    method: 'GET',
    path: '/admin/tenants/{tenant_id}',
    handler: 'manage',
    access: 'admin',
    status: 200,
  },
  {
    method: 'GET',
    path: '/connections',
    handler: 'manage',
    access: 'tenant',
    status: 200,
  },
  {
    method: 'POST',
    path: '/connections',
    handler: 'manage',
    access: 'tenant',
    body: true,
    status: 201,
  },
  {
    method: 'GET',
    path: '/connections/{connector_type}',
    handler: 'manage',
    access: 'tenant',
    status: 200,
  },
  {
    method: 'PATCH',
    path: '/connections/{connector_type}',
    handler: 'manage',
    access: 'tenant',
    body: true,
    status: 200,
  },
  {
    method: 'POST',
    path: '/events',
    handler: 'publish',
    access: 'tenant',
    body: true,
    status: 202,
  },
  {
    method: 'GET',
    path: '/events/{event_id}',
    handler: 'outcome',
    access: 'tenant',
    status: 200,
  },
] as const satisfies readonly Route[];

export type RouteKey = `${Route['method']} ${string}`;
export type HandlerName = Route['handler'];

export const routeKey = (route: Pick<Route, 'method' | 'path'>): RouteKey => `${route.method} ${route.path}`;

/** The routes that one function answers. */
export const routesOf = (handler: HandlerName): readonly Route[] =>
  routes.filter((route) => route.handler === handler);
