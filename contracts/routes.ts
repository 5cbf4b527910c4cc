export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The function that answers it, named like its folder. */
  readonly handler:
    | 'catalogue'
    | 'manage'
    | 'rewraps'
    | 'connect'
    | 'inspect'
    | 'check'
    | 'revoke'
    | 'publish'
    | 'outcome';
  /**
   * `tenant` is for operators and the tenant's users, of whom members read alone; `admin` is for operators, about the
   * tenant in the path; `platform` is for operators too, and goes across tenants or is for none.
   */
  readonly access: 'public' | 'tenant' | 'admin' | 'platform';
  /** Whether a JSON body is asked for. */
  readonly body?: true;
  /** Whether the query string is read. */
  readonly query?: true;
  readonly status: number;
}

// Each function has a table of its own and bundles no other; all-routes.ts puts them together.
export const catalogueRoutes = [
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
] as const satisfies readonly Route[];

export const manageRoutes = [
  {
    method: 'PUT',
    path: '/admin/tenants/{tenant_id}',
    handler: 'manage',
    access: 'admin',
    body: true,
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
    method: 'PATCH',
    path: '/connections/{connector_type}',
    handler: 'manage',
    access: 'tenant',
    body: true,
    query: true,
    status: 200,
  },
  {
    method: 'POST',
    path: '/connections/{connector_type}/pause',
    handler: 'manage',
    access: 'tenant',
    query: true,
    status: 200,
  },
  {
    method: 'POST',
    path: '/connections/{connector_type}/resume',
    handler: 'manage',
    access: 'tenant',
    query: true,
    status: 200,
  },
  {
    method: 'POST',
    path: '/v1/occasions/{occasion_id}/integrations/connections',
    handler: 'manage',
    access: 'tenant',
    body: true,
    status: 201,
  },
  {
    method: 'PATCH',
    path: '/v1/occasions/{occasion_id}/integrations/connections/{connection_id}',
    handler: 'manage',
    access: 'tenant',
    body: true,
    status: 200,
  },
] as const satisfies readonly Route[];

export const rewrapsRoutes = [
  {
    method: 'POST',
    path: '/admin/rewraps',
    handler: 'rewraps',
    access: 'platform',
    body: true,
    status: 202,
  },
  {
    method: 'GET',
    path: '/admin/rewraps/{rewrap_id}',
    handler: 'rewraps',
    access: 'platform',
    status: 200,
  },
  {
    method: 'DELETE',
    path: '/admin/rewraps/{rewrap_id}',
    handler: 'rewraps',
    access: 'platform',
    query: true,
    status: 200,
  },
] as const satisfies readonly Route[];

export const connectRoutes = [
  {
    method: 'PUT',
    path: '/admin/providers/{provider}',
    handler: 'connect',
    access: 'platform',
    body: true,
    status: 200,
  },
  {
    method: 'POST',
    path: '/connect/{provider}',
    handler: 'connect',
    access: 'tenant',
    body: true,
    status: 200,
  },
  {
    method: 'GET',
    path: '/connect/{provider}/callback',
    handler: 'connect',
    access: 'public',
    query: true,
    status: 200,
  },
] as const satisfies readonly Route[];

export const inspectRoutes = [
  {
    method: 'GET',
    path: '/admin/tenants/{tenant_id}',
    handler: 'inspect',
    access: 'admin',
    status: 200,
  },
  {
    method: 'GET',
    path: '/admin/connections',
    handler: 'inspect',
    access: 'platform',
    query: true,
    status: 200,
  },
  {
    method: 'GET',
    path: '/admin/activity',
    handler: 'inspect',
    access: 'platform',
    query: true,
    status: 200,
  },
  {
    method: 'GET',
    path: '/connections',
    handler: 'inspect',
    access: 'tenant',
    query: true,
    status: 200,
  },
  {
    method: 'GET',
    path: '/connections/{connector_type}',
    handler: 'inspect',
    access: 'tenant',
    query: true,
    status: 200,
  },
  {
    method: 'GET',
    path: '/connections/{connector_type}/health',
    handler: 'inspect',
    access: 'tenant',
    query: true,
    status: 200,
  },
  {
    method: 'GET',
    path: '/connections/{connector_type}/activity',
    handler: 'inspect',
    access: 'tenant',
    query: true,
    status: 200,
  },
  {
    method: 'GET',
    path: '/v1/occasions/{occasion_id}/integrations',
    handler: 'inspect',
    access: 'tenant',
    query: true,
    status: 200,
  },
] as const satisfies readonly Route[];

export const checkRoutes = [
  {
    method: 'POST',
    path: '/connections/{connector_type}/test',
    handler: 'check',
    access: 'tenant',
    query: true,
    status: 200,
  },
] as const satisfies readonly Route[];

export const revokeRoutes = [
  {
    method: 'DELETE',
    path: '/connections/{connector_type}',
    handler: 'revoke',
    access: 'tenant',
    query: true,
    status: 200,
  },
] as const satisfies readonly Route[];

export const publishRoutes = [
  {
    method: 'POST',
    path: '/events',
    handler: 'publish',
    access: 'tenant',
    body: true,
    status: 202,
  },
] as const satisfies readonly Route[];

export const outcomeRoutes = [
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
