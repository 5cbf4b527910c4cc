import { AdminActivityQuery } from '#contracts/activity.ts';
import { ActivityQuery, ConnectionsQuery } from '#contracts/connection-queries.ts';
import { problem } from '#contracts/errors.ts';
import { PageQuery } from '#contracts/pages.ts';
import { type Scoped, ScopeQuery, scopeName, scopeOf } from '#contracts/scopes.ts';
import { connectors } from '../../connectors/all.ts';
import { type Endpoints, type HttpReply, type HttpRequest, withQuery } from '../../platform/http/endpoint.ts';
import { inOccasion } from '../occasion.ts';
import { toProvider } from '../provider.ts';
import { type Standing, standingAt, type TenantConnections } from '../record.ts';
import type { ConnectionsStore } from '../store.ts';
import { toView, type ViewContext } from '../view.ts';
import type { ActivityReaders } from './activity.ts';
import type { Everywhere } from './everywhere.ts';
import { healthView } from './health-view.ts';
import type { ListConnections } from './list.ts';

export interface InspectDeps extends ViewContext {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly list: ListConnections;
  readonly activity: ActivityReaders;
  readonly everywhere: Everywhere;
}

const badCursor: HttpReply = {
  problem: problem('request.invalid', {
    errors: [{ field: 'cursor', message: 'is no cursor of this list' }],
  }),
};

const paged = (page: object | undefined): HttpReply => (page ? { status: 200, body: page } : badCursor);

/** The connectors whose place in a scope is free: nothing stands there, or what was revoked. */
const connectable = (tenant: TenantConnections, scope: Scoped) =>
  connectors.filter(({ type }) => {
    const standing = standingAt(tenant, { ...scope, connector_type: type });
    return standing === undefined || standing.connection.state === 'revoked';
  });

/** What the routes of one tenant show. */
const tenantEndpoints = (deps: InspectDeps): Endpoints => {
  /** Finds the connection that path and query name before `run` shows something of it. */
  const ofConnection = async (
    { tenantId, parameters }: HttpRequest,
    scope: Scoped,
    run: (standing: Standing) => Promise<HttpReply> | HttpReply,
  ): Promise<HttpReply> => {
    const named = { ...scopeOf(scope), connector_type: parameters['connector_type'] ?? '' };
    const standing = standingAt(await deps.ofTenant(tenantId, [scopeName(named)]), named);
    return standing ? run(standing) : { problem: problem('connection.not_found') };
  };
  return {
    'GET /admin/tenants/{tenant_id}': async ({ tenantId }) => {
      const { integrationsEnabled, throttles } = await deps.ofTenant(tenantId);
      const bounds = throttles === undefined ? {} : { throttles };
      return {
        status: 200,
        body: { tenant_id: tenantId, integrations_enabled: integrationsEnabled, ...bounds },
      };
    },
    'GET /connections': withQuery(ConnectionsQuery, async ({ tenantId }, { scope, scope_id, ...query }) =>
      paged(await deps.list(tenantId, query, scope && scopeName({ scope, scope_id }))),
    ),
    'GET /connections/{connector_type}': withQuery(ScopeQuery, (request, scope) =>
      ofConnection(request, scope, (standing) => ({ status: 200, body: toView(standing, deps) })),
    ),
    'GET /connections/{connector_type}/health': withQuery(ScopeQuery, (request, scope) =>
      ofConnection(request, scope, (standing) => ({ status: 200, body: healthView(standing, deps) })),
    ),
    'GET /connections/{connector_type}/activity': withQuery(
      ActivityQuery,
      (request, { limit, cursor, ...scope }) =>
        ofConnection(request, scope, async ({ connection }) =>
          paged(await deps.activity.at(connection, { limit, cursor })),
        ),
    ),
  };
};

/** What a planner is shown. */
const plannerEndpoints = (deps: InspectDeps): Endpoints => ({
  'GET /v1/occasions/{occasion_id}/integrations': inOccasion((request, scope) =>
    withQuery(PageQuery, async ({ tenantId }, query) => {
      const [page, tenant] = await Promise.all([
        deps.list(tenantId, query, scopeName(scope)),
        deps.ofTenant(tenantId, [scopeName(scope)]),
      ]);
      return paged(page && { ...page, providers: connectable(tenant, scope).map(toProvider) });
    })(request),
  ),
});

/** What the routes across tenants show, to the operator alone. */
const platformEndpoints = ({ activity, everywhere, ...context }: InspectDeps): Endpoints => ({
  'GET /admin/connections': withQuery(PageQuery, async (_, query) => {
    const page = await everywhere.connections(query);
    if (page === undefined) return badCursor;
    const items = page.standing.map((standing) => ({
      ...toView(standing, context),
      tenant_id: standing.connection.tenant_id,
    }));
    const counts = await everywhere.failing();
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const failing = { total, by_connector_type: counts };
    return { status: 200, body: { items, next_cursor: page.next_cursor, failing } };
  }),
  'GET /admin/activity': withQuery(AdminActivityQuery, async (_, { kind, ...query }) =>
    paged(await activity.everywhere(kind, query)),
  ),
});

/** What the routes do that show tenants, connections and their activity. */
export const makeEndpoints = (deps: InspectDeps): Endpoints => ({
  ...tenantEndpoints(deps),
  ...plannerEndpoints(deps),
  ...platformEndpoints(deps),
});
