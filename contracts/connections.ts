import * as z from 'zod';
import { Authorization } from './authorization.ts';
import { FieldError } from './errors.ts';
import { EventType } from './event-types.ts';
import { ConnectionId, TenantId, Timestamp } from './ids.ts';
import { PiiField } from './pii.ts';

/** Stands in paths, logs and keys, so it never changes once released. */
export const ConnectorType = z.string().regex(/^[a-z][a-z0-9_]{1,39}$/, 'must be a connector type');

export const ConnectionState = z.enum(['draft', 'enabled', 'disabled', 'revoked']);
export type ConnectionState = z.infer<typeof ConnectionState>;

export const ConnectionScope = z.enum(['platform']);

type EventToggles = Record<EventType, z.ZodOptional<z.ZodBoolean>>;

// Object.fromEntries forgets the keys; they are all event types.
const eventToggles = Object.fromEntries(
  EventType.options.map((type) => [type, z.boolean().optional()]),
) as EventToggles;

/** What every connection can be told, whatever its connector. */
export const CommonConfig = z.object({
  events: z
    .object(eventToggles)
    .optional()
    .meta({ description: 'On or off per event type; a type that is not named is on.' }),
  non_strict_signals: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether informational and legacy signals are delivered.' }),
  pii_allowlist: z
    .array(PiiField)
    .max(10)
    .default(['work_email'])
    .meta({ description: 'Personal fields that may leave; any other is removed.' }),
});
export type CommonConfig = z.infer<typeof CommonConfig>;

export const FreeConfig = z.record(z.string().max(100), z.unknown()).meta({
  description: 'The common fields and those of the connector (see GET /providers). Never a secret.',
  example: { url: 'https://example.com/hooks/crossdock' },
});
const FreeSecrets = z.record(z.string().max(100), z.string().min(1).max(4096)).meta({
  description: 'Secret fields of the connector. Stored encrypted, never answered.',
});

export const CreateConnection = z
  .object({
    connector_type: ConnectorType,
    scope: ConnectionScope.default('platform'),
    config: FreeConfig.default({}),
    secrets: FreeSecrets.optional(),
  })
  .meta({ id: 'CreateConnection' });
export type CreateConnection = z.infer<typeof CreateConnection>;

export const UpdateConnection = z
  .object({
    state: z.enum(['enabled', 'disabled']).optional(),
    config: FreeConfig.optional().meta({ description: 'Replaces the configuration as a whole.' }),
  })
  .meta({ id: 'UpdateConnection' });
export type UpdateConnection = z.infer<typeof UpdateConnection>;

const RedactedSecret = z.object({ present: z.literal(true), version: z.int(), created_at: Timestamp });

export const Connection = z
  .object({
    connection_id: ConnectionId,
    connector_type: ConnectorType,
    scope: ConnectionScope,
    state: ConnectionState,
    config: FreeConfig,
    redacted_secrets: z.record(z.string(), RedactedSecret),
    authorization: Authorization.optional().meta({ description: 'Of a connection through OAuth.' }),
    validation: z
      .array(FieldError)
      .meta({ description: 'What keeps it from being enabled; empty when nothing does.' }),
    created_at: Timestamp,
    updated_at: Timestamp,
    secrets: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'Only in the answer to a creation, only what was generated, only this once.' }),
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

export const ConnectionList = z.object({ items: z.array(Connection), next_cursor: z.string().nullable() });

export const TenantSettings = z
  .object({ integrations_enabled: z.boolean() })
  .meta({ id: 'TenantSettings', description: 'The roll-out gate of one tenant.' });
export type TenantSettings = z.infer<typeof TenantSettings>;

export const Tenant = TenantSettings.extend({ tenant_id: TenantId });
