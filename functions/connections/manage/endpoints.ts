import type { Connection } from '#contracts/connection-views.ts';
import { ChangeTenant, CreateConnection, UpdateConnection } from '#contracts/connections.ts';
import type { Problem } from '#contracts/errors.ts';
import { type Endpoints, type HttpReply, type HttpRequest, withBody } from '../../platform/http/endpoint.ts';
import type { Cause } from '../activity.ts';
import type { Changes } from '../changes.ts';
import type { makeCreate } from './create.ts';
import type { makeUpdate } from './update.ts';

export interface ManageDeps {
  readonly create: ReturnType<typeof makeCreate>;
  readonly update: ReturnType<typeof makeUpdate>;
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
export const makeEndpoints = ({ create, update, setTenant, now }: ManageDeps): Endpoints => ({
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
});
