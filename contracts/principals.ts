import * as z from 'zod';
import { Timestamp } from './ids.ts';
import { ConnectionScope, ScopeId } from './scopes.ts';

/** One action that a principal may do, granted to it directly. */
export const Grant = z.object({
  action_key: z.string().max(100),
  granted_at: Timestamp,
  granted_by: z.string(),
});
export type Grant = z.infer<typeof Grant>;

/** The identity that a connection acts under. */
export const Principal = z
  .object({
    principal_type: z.literal('integration_principal'),
    subject_id: z.string().meta({ example: 'integration:con_00000000000000000000000000' }),
    key_id: z.string().meta({ description: 'New with each rotation of the secrets.' }),
    scope: ConnectionScope,
    scope_id: ScopeId.optional(),
    action_keys: z.array(z.string()).meta({ description: 'All that it may do; empty once revoked.' }),
    grants: z.array(Grant),
    created_at: Timestamp,
    last_used_at: Timestamp.optional().meta({
      description: 'To the hour: a use within an hour is not noted.',
    }),
  })
  .meta({ id: 'Principal' });
export type Principal = z.infer<typeof Principal>;
