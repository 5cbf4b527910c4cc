import {
  ChangeTenant,
  CreateConnection,
  CreateInOccasion,
  NoteQuery,
  UpdateConnection,
} from '#contracts/connections.ts';
import { type Scoped, ScopeQuery, scopeOf } from '#contracts/scopes.ts';
import {
  type Endpoint,
  type Endpoints,
  type HttpRequest,
  replyOf,
  withBody,
  withQuery,
} from '../../platform/http/endpoint.ts';
import { causeOf } from '../cause.ts';
import type { Changes } from '../changes.ts';
import { inOccasion } from '../occasion.ts';
import type { Named } from '../record.ts';
import type { makeCreate } from './create.ts';
import type { makePause } from './pause.ts';
import type { makeUpdate } from './update.ts';

export interface ManageDeps {
  readonly create: ReturnType<typeof makeCreate>;
  readonly update: ReturnType<typeof makeUpdate>;
  readonly pause: ReturnType<typeof makePause>;
  readonly resume: ReturnType<typeof makePause>;
  readonly setTenant: Changes['setTenant'];
  readonly now: () => number;
}

const OCCASION = '/v1/occasions/{occasion_id}/integrations';

/** What the routes do that change connections; a planner's are those of the tenant, within an occasion. */
const connectionEndpoints = ({ create, update, ...deps }: ManageDeps): Endpoints => {
  const updating = (named: Named): Endpoint =>
    withBody(UpdateConnection, async (request, input) =>
      replyOf(200, await update(request.tenantId, named, input, causeOf(request, input.note))),
    );
  const ofType = ({ parameters }: HttpRequest, scope: Scoped) => ({
    ...scopeOf(scope),
    connector_type: parameters['connector_type'] ?? '',
  });
  const noted = (act: ManageDeps['pause']): Endpoint =>
    withQuery(NoteQuery, async (request, { note, ...scope }) =>
      replyOf(200, await act(request.tenantId, ofType(request, scope), causeOf(request, note))),
    );
  return {
    'POST /connections': withBody(CreateConnection, async (request, input) =>
      replyOf(201, await create(request.tenantId, input, causeOf(request, input.note))),
    ),
    'PATCH /connections/{connector_type}': withQuery(ScopeQuery, (request, scope) =>
      updating(ofType(request, scope))(request),
    ),
    'POST /connections/{connector_type}/pause': noted(deps.pause),
    'POST /connections/{connector_type}/resume': noted(deps.resume),
    [`POST ${OCCASION}/connections`]: inOccasion((request, scope) =>
      withBody(CreateInOccasion, async (_, input) =>
        replyOf(201, await create(request.tenantId, { ...input, ...scope }, causeOf(request, input.note))),
      )(request),
    ),
    [`PATCH ${OCCASION}/connections/{connection_id}`]: inOccasion((request, scope) =>
      updating({ ...scope, connection_id: request.parameters['connection_id'] ?? '' })(request),
    ),
  };
};

/** What the routes do that change tenants and connections. */
export const makeEndpoints = (deps: ManageDeps): Endpoints => ({
  'PUT /admin/tenants/{tenant_id}': withBody(ChangeTenant, async (request, { note, ...settings }) => {
    await deps.setTenant(request.tenantId, settings, causeOf(request, note), deps.now());
    return { status: 200, body: { tenant_id: request.tenantId, ...settings } };
  }),
  ...connectionEndpoints(deps),
});
