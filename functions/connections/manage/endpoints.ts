import {
  type Connection,
  CreateConnection,
  TenantSettings,
  UpdateConnection,
} from '#contracts/connections.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import type { ValidationContext } from '../../connectors/define.ts';
import { type Endpoints, type HttpReply, withBody } from '../../platform/http/endpoint.ts';
import type { ConnectionsStore } from '../store.ts';
import { toView } from '../view.ts';
import type { makeCreate } from './create.ts';
import type { makeUpdate } from './update.ts';

export interface ManageDeps {
  readonly store: Pick<ConnectionsStore, 'find' | 'gate' | 'ofTenant' | 'setGate'>;
  readonly create: ReturnType<typeof makeCreate>;
  readonly update: ReturnType<typeof makeUpdate>;
  readonly validation: ValidationContext;
}

const answer = (status: number, result: Connection | Problem): HttpReply =>
  'code' in result ? { problem: result } : { status, body: result };

const tenantEndpoints = ({ store }: ManageDeps): Endpoints => ({
  'PUT /admin/tenants/{tenant_id}': withBody(TenantSettings, async ({ tenantId }, settings) => {
    await store.setGate(tenantId, settings.integrations_enabled);
    return { status: 200, body: { tenant_id: tenantId, ...settings } };
  }),
  'GET /admin/tenants/{tenant_id}': async ({ tenantId }) => ({
    status: 200,
    body: { tenant_id: tenantId, integrations_enabled: await store.gate(tenantId) },
  }),
});

const connectionEndpoints = ({ store, create, update, validation }: ManageDeps): Endpoints => ({
  'GET /connections': async ({ tenantId }) => {
    const { connections } = await store.ofTenant(tenantId);
    const items = connections.map((record) => toView(record, validation));
    return { status: 200, body: { items, next_cursor: null } };
  },
  'POST /connections': withBody(CreateConnection, async ({ tenantId }, input) =>
    answer(201, await create(tenantId, input)),
  ),
  'GET /connections/{connector_type}': async ({ tenantId, parameters }) => {
    const record = await store.find(tenantId, parameters['connector_type'] ?? '');
    return record
      ? { status: 200, body: toView(record, validation) }
      : { problem: problem('connection.not_found') };
  },
  'PATCH /connections/{connector_type}': withBody(UpdateConnection, async ({ tenantId, parameters }, input) =>
    answer(200, await update(tenantId, parameters['connector_type'] ?? '', input)),
  ),
});

/** What the routes of tenants and connections do. */
export const makeEndpoints = (deps: ManageDeps): Endpoints => ({
  ...tenantEndpoints(deps),
  ...connectionEndpoints(deps),
});
