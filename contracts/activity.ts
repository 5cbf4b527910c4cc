import * as z from 'zod';
import { ConnectorType } from './connections.ts';
import { ConnectionId, TenantId, Timestamp } from './ids.ts';
import { Note } from './notes.ts';
import { PageQuery } from './pages.ts';
import { ConnectionScope, ScopeId } from './scopes.ts';

/** What can have been done. `connection.used` is recorded on the first use of a day, not on each. */
export const ActivityAction = z.enum([
  'tenant.settings_changed',
  'connection.created',
  'connection.configured',
  'connection.connected',
  'connection.reconnected',
  'connection.needs_reauth',
  'connection.enabled',
  'connection.disabled',
  'connection.paused',
  'connection.resumed',
  'connection.revoked',
  'connection.secrets_rotated',
  'connection.tested',
  'connection.degraded',
  'connection.used',
  'provider.set_up',
  'rewrap.started',
  'rewrap.cancelled',
]);
export type ActivityAction = z.infer<typeof ActivityAction>;

/** Where it came from: a request to the API, or a delivery that was on its way. */
const ActivitySource = z.enum(['api', 'delivery']);

export const Activity = z
  .object({
    activity_id: z.string(),
    at: Timestamp,
    action: ActivityAction,
    actor: z.string().meta({
      description:
        'Who: by which right and as whom, such as `operator:tok_…` or `tenant_admin:<sub>`, or a principal, `integration:con_…`.',
    }),
    source: ActivitySource,
    tenant_id: TenantId.optional().meta({
      description: 'Absent where it was done to the deployment and to no tenant.',
    }),
    connection_id: ConnectionId.optional(),
    connector_type: ConnectorType.optional(),
    scope: ConnectionScope.optional(),
    scope_id: ScopeId.optional(),
    request_id: z
      .string()
      .optional()
      .meta({ description: 'The request that did it; the access log has the rest under this id.' }),
    changed: z
      .array(z.string())
      .optional()
      .meta({ description: 'Names of what was changed, such as `config.url`; never a value.' }),
    key_id: z.string().optional().meta({ description: 'The key that was issued to the principal.' }),
    code: z.string().optional().meta({
      description:
        'What a check, a delivery or a vendor found wrong; of a revocation, why the grant may live on at the vendor.',
    }),
    note: Note.optional(),
  })
  .meta({ id: 'Activity', description: 'Who changed or used a connection, or the deployment, when.' });
export type Activity = z.infer<typeof Activity>;

export const ActivityList = z.object({ items: z.array(Activity), next_cursor: z.string().nullable() });

export const AdminActivityQuery = PageQuery.extend({
  kind: z
    .enum(['change', 'use'])
    .default('change')
    .meta({ description: 'Changes, or the uses of connections, which are many more.' }),
});
