import { ChangeTenant, CreateConnection, RevokeQuery, UpdateConnection } from '#contracts/connections.ts';
import type { Problem } from '#contracts/errors.ts';
import { CancelRewrapQuery, StartRewrap } from '#contracts/rewraps.ts';
import {
  type Endpoints,
  type HttpReply,
  type HttpRequest,
  withBody,
  withQuery,
} from '../../platform/http/endpoint.ts';
import { causeOf } from '../cause.ts';
import type { Changes } from '../changes.ts';
import type { makeCreate } from './create.ts';
import type { makeRevoke } from './revoke.ts';
import type { makeRewraps } from './rewraps.ts';
import type { makeUpdate } from './update.ts';

export interface ManageDeps {
  readonly create: ReturnType<typeof makeCreate>;
  readonly update: ReturnType<typeof makeUpdate>;
  readonly revoke: ReturnType<typeof makeRevoke>;
  readonly setTenant: Changes['setTenant'];
  readonly rewraps: ReturnType<typeof makeRewraps>;
  readonly now: () => number;
}

const answer = (status: number, result: object | Problem): HttpReply =>
  'code' in result ? { problem: result } : { status, body: result };

const typeOf = ({ parameters }: HttpRequest) => parameters['connector_type'] ?? '';
const rewrapOf = ({ parameters }: HttpRequest) => parameters['rewrap_id'] ?? '';

const rewrapEndpoints = ({ start, show, cancel }: ManageDeps['rewraps']): Endpoints => ({
  'POST /admin/rewraps': withBody(StartRewrap, async (request, { note }) =>
    answer(202, await start(causeOf(request, note))),
  ),
  'GET /admin/rewraps/{rewrap_id}': async (request) => answer(200, await show(rewrapOf(request))),
  'DELETE /admin/rewraps/{rewrap_id}': withQuery(CancelRewrapQuery, async (request, { note }) =>
    answer(200, await cancel(rewrapOf(request), causeOf(request, note))),
  ),
});

/** What the routes do that change tenants, connections and how their secrets are wrapped. */
export const makeEndpoints = ({
  create,
  update,
  revoke,
  setTenant,
  rewraps,
  now,
}: ManageDeps): Endpoints => ({
  ...rewrapEndpoints(rewraps),
  'PUT /admin/tenants/{tenant_id}': withBody(ChangeTenant, async (request, { note, ...settings }) => {
    await setTenant(request.tenantId, settings, causeOf(request, note), now());
    return { status: 200, body: { tenant_id: request.tenantId, ...settings } };
  }),
  'POST /connections': withBody(CreateConnection, async (request, input) =>
    answer(201, await create(request.tenantId, input, causeOf(request, input.note))),
  ),
  'PATCH /connections/{connector_type}': withBody(UpdateConnection, async (request, input) =>
    answer(200, await update(request.tenantId, typeOf(request), input, causeOf(request, input.note))),
  ),
  'DELETE /connections/{connector_type}': withQuery(RevokeQuery, async (request, { note }) =>
    answer(200, await revoke(request.tenantId, typeOf(request), causeOf(request, note))),
  ),
});
