import type { Connection } from '#contracts/connection-views.ts';
import { ChangeTenant, CreateConnection, NoteQuery, UpdateConnection } from '#contracts/connections.ts';
import type { Problem } from '#contracts/errors.ts';
import {
  type Endpoints,
  type HttpReply,
  type HttpRequest,
  withBody,
  withQuery,
} from '../../platform/http/endpoint.ts';
import type { Cause } from '../activity.ts';
import type { Changes } from '../changes.ts';
import type { makeCreate } from './create.ts';
import type { makePause } from './pause.ts';
import type { makeRevoke } from './revoke.ts';
import type { makeUpdate } from './update.ts';

export interface ManageDeps {
  readonly create: ReturnType<typeof makeCreate>;
  readonly update: ReturnType<typeof makeUpdate>;
  readonly pause: ReturnType<typeof makePause>;
  readonly resume: ReturnType<typeof makePause>;
  readonly revoke: ReturnType<typeof makeRevoke>;
  readonly setTenant: Changes['setTenant'];
  readonly now: () => number;
}

const answer = (status: number, result: Connection | Problem): HttpReply =>
  'code' in result ? { problem: result } : { status, body: result };

const causeOf = ({ actor, requestId }: HttpRequest, note: string | undefined): Cause => ({
  actor,
  source: 'api',
  request_id: requestId,
  note,
});

const typeOf = ({ parameters }: HttpRequest) => parameters['connector_type'] ?? '';

/** What the routes do that change tenants and connections. */
export const makeEndpoints = ({
  create,
  update,
  pause,
  resume,
  revoke,
  setTenant,
  now,
}: ManageDeps): Endpoints => ({
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
  'POST /connections/{connector_type}/pause': withQuery(NoteQuery, async (request, { note }) =>
    answer(200, await pause(request.tenantId, typeOf(request), causeOf(request, note))),
  ),
  'POST /connections/{connector_type}/resume': withQuery(NoteQuery, async (request, { note }) =>
    answer(200, await resume(request.tenantId, typeOf(request), causeOf(request, note))),
  ),
  'DELETE /connections/{connector_type}': withQuery(NoteQuery, async (request, { note }) =>
    answer(200, await revoke(request.tenantId, typeOf(request), causeOf(request, note))),
  ),
});
