import { AdminActivityQuery } from '#contracts/activity.ts';
import { problem } from '#contracts/errors.ts';
import { PageQuery } from '#contracts/pages.ts';
import { type Endpoint, type Endpoints, type HttpReply, withQuery } from '../../platform/http/endpoint.ts';
import { type Standing, standingAt } from '../record.ts';
import type { ConnectionsStore } from '../store.ts';
import { toView, type ViewContext } from '../view.ts';
import type { ActivityReaders } from './activity.ts';
import type { Everywhere } from './everywhere.ts';
import { healthView } from './health-view.ts';

export interface InspectDeps extends ViewContext {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly activity: ActivityReaders;
  readonly everywhere: Everywhere;
}

const badCursor: HttpReply = {
  problem: problem('request.invalid', {
    errors: [{ field: 'cursor', message: 'is no cursor of this list' }],
  }),
};

const paged = (page: object | undefined): HttpReply => (page ? { status: 200, body: page } : badCursor);

/** What the routes of one tenant show. */
const tenantEndpoints = (deps: InspectDeps): Endpoints => {
  /** Finds the connection that a path names before `run` shows something of it. */
  const ofConnection =
    (run: (standing: Standing) => Promise<HttpReply> | HttpReply): Endpoint =>
    async (request) => {
      const tenant = await deps.ofTenant(request.tenantId);
      const standing = standingAt(tenant, request.parameters['connector_type'] ?? '');
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
    'GET /connections': async ({ tenantId }) => {
      const tenant = await deps.ofTenant(tenantId);
      const items = tenant.connections.flatMap(
        ({ connector_type, scope }) => standingAt(tenant, connector_type, scope) ?? [],
      );
      const body = { items: items.map((standing) => toView(standing, deps)), next_cursor: null };
      return { status: 200, body };
    },
    'GET /connections/{connector_type}': ofConnection((standing) => ({
      status: 200,
      body: toView(standing, deps),
    })),
    'GET /connections/{connector_type}/health': ofConnection((standing) => ({
      status: 200,
      body: healthView(standing, deps),
    })),
    'GET /connections/{connector_type}/activity': withQuery(PageQuery, (request, query) =>
      ofConnection(async ({ connection }) => paged(await deps.activity.at(connection, query)))(request),
    ),
  };
};

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
  ...platformEndpoints(deps),
});
