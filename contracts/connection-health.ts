import * as z from 'zod';
import { HealthStatus } from './connection-views.ts';
import { ConnectionState, ConnectorType } from './connections.ts';
import { ConnectionId, Timestamp } from './ids.ts';

/** Why a connection is degraded. Codes and field names, never a value. */
export const HealthReason = z.object({
  code: z.enum(['config_invalid', 'secret_missing', 'secret_expired', 'needs_reauth', 'check_failed']),
  field: z.string().optional(),
  detail: z
    .string()
    .optional()
    .meta({ description: 'What is asked of the field, or the code of the check.' }),
});
export type HealthReason = z.infer<typeof HealthReason>;

const SecretPresence = z.object({
  present: z.boolean(),
  required: z.boolean(),
  version: z.int().optional(),
  created_at: Timestamp.optional(),
  expires_at: Timestamp.optional(),
  previous_valid_until: z
    .array(Timestamp)
    .optional()
    .meta({ description: 'Until when each earlier version is valid beside it.' }),
});

export const ConnectionHealth = z
  .object({
    connection_id: ConnectionId,
    connector_type: ConnectorType,
    state: ConnectionState,
    status: HealthStatus,
    reasons: z.array(HealthReason),
    secrets: z.record(z.string(), SecretPresence),
    checked_at: Timestamp.optional().meta({
      description: 'When it was last tested, as it is configured now.',
    }),
    last_used_at: Timestamp.optional(),
  })
  .meta({ id: 'ConnectionHealth' });
export type ConnectionHealth = z.infer<typeof ConnectionHealth>;

/** What a live check found out: codes, counts and times, never what the other side wrote. */
export const ConnectionTest = z
  .object({
    status: HealthStatus,
    reasons: z.array(HealthReason),
    diagnostics: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    checked_at: Timestamp,
  })
  .meta({ id: 'ConnectionTest' });
export type ConnectionTest = z.infer<typeof ConnectionTest>;
