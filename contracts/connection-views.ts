import * as z from 'zod';
import { Authorization } from './authorization.ts';
import { ConnectionState, ConnectorType, FreeConfig, TenantSettings } from './connections.ts';
import { FieldError } from './errors.ts';
import { ConnectionId, TenantId, Timestamp } from './ids.ts';
import { Principal } from './principals.ts';
import { Provider } from './providers.ts';
import { ConnectionScope, ScopeId } from './scopes.ts';

/** What was last found out about a connection as it is configured now. */
export const HealthStatus = z.enum(['unknown', 'ok', 'degraded']);
export type HealthStatus = z.infer<typeof HealthStatus>;

const RedactedSecret = z.object({
  present: z.literal(true),
  version: z.int(),
  created_at: Timestamp,
  expires_at: Timestamp.optional().meta({ description: 'When it ends at the other side.' }),
  previous_valid_until: z
    .array(Timestamp)
    .optional()
    .meta({ description: 'Until when each earlier version is valid beside it.' }),
});

export const Connection = z
  .object({
    connection_id: ConnectionId,
    connector_type: ConnectorType,
    scope: ConnectionScope,
    scope_id: ScopeId.optional(),
    state: ConnectionState,
    paused_at: Timestamp.optional().meta({
      description: 'Since when its deliveries wait for a resume; absent when they do not.',
    }),
    config: FreeConfig,
    redacted_secrets: z.record(z.string(), RedactedSecret),
    authorization: Authorization.optional().meta({ description: 'Of a connection through OAuth.' }),
    validation: z
      .array(FieldError)
      .meta({ description: 'What keeps it from being enabled; empty when nothing does.' }),
    health: HealthStatus,
    principal: Principal.optional(),
    created_at: Timestamp,
    updated_at: Timestamp,
    secrets: z.record(z.string(), z.string()).optional().meta({
      description: 'Only in the answer to a creation or a rotation, only what was generated, only this once.',
    }),
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

export const ConnectionList = z.object({ items: z.array(Connection), next_cursor: z.string().nullable() });

/** What a planner sees of an occasion. */
export const OccasionIntegrations = ConnectionList.extend({
  providers: z.array(Provider).meta({
    description: 'What can be connected there now: those of GET /providers whose place is free or revoked.',
  }),
});

/** Of all tenants, for the operator; those that are degraded come first. */
export const AdminConnectionList = z.object({
  items: z.array(Connection.extend({ tenant_id: TenantId })),
  next_cursor: z.string().nullable(),
  failing: z
    .object({ total: z.int(), by_connector_type: z.record(z.string(), z.int()) })
    .meta({ description: 'How many connections are known to be degraded; counted up to 10 000.' }),
});

export const Tenant = TenantSettings.extend({ tenant_id: TenantId }).meta({ id: 'Tenant' });
