import {
  catalogueRoutes,
  checkRoutes,
  connectRoutes,
  inspectRoutes,
  manageRoutes,
  outcomeRoutes,
  publishRoutes,
  type Route,
  revokeRoutes,
  rewrapsRoutes,
} from './routes.ts';

/**
 * Every route of the HTTP API. The gateway, the handlers and the OpenAPI document are made from this table; their
 * schemas and words stand apart, in route-docs.ts, so that a function bundles only what it uses.
 */
export const routes = [
  ...catalogueRoutes,
  ...manageRoutes,
  ...revokeRoutes,
  ...rewrapsRoutes,
  ...connectRoutes,
  ...inspectRoutes,
  ...checkRoutes,
  ...publishRoutes,
  ...outcomeRoutes,
] as const satisfies readonly Route[];
