import * as z from 'zod';
import { EventType } from './event-types.ts';
import { Timestamp } from './ids.ts';
import { Note } from './notes.ts';
import { PiiField } from './pii.ts';
import { scopeFields, scopeRule } from './scopes.ts';

/** Stands in paths, logs and keys, so it never changes once released. */
export const ConnectorType = z.string().regex(/^[a-z][a-z0-9_]{1,39}$/, 'must be a connector type');

export const ConnectionState = z.enum(['draft', 'enabled', 'disabled', 'revoked']);
export type ConnectionState = z.infer<typeof ConnectionState>;

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
/** A week: a receiver that has not changed over by then has forgotten it. */
const OVERLAP_HOURS_MAX = 7 * 24;
const OVERLAP_HOURS = 24;

const SecretValue = z.string().min(1).max(4096);
const FreeSecrets = z.record(z.string().max(100), SecretValue).meta({
  description: 'Secret fields of the connector. Stored encrypted, never answered.',
});

const SecretsExpireAt = Timestamp.optional().meta({
  description:
    'When the new secrets end at the other side: from then on it is degraded and its deliveries wait.',
});

const creation = {
  connector_type: ConnectorType,
  config: FreeConfig.default({}),
  secrets: FreeSecrets.optional(),
  secrets_expire_at: SecretsExpireAt,
  note: Note.optional(),
};

export const CreateConnection = z
  .object({ ...creation, ...scopeFields })
  .check(scopeRule)
  .meta({ id: 'CreateConnection' });
export type CreateConnection = z.infer<typeof CreateConnection>;

/** A connection of the occasion that the path names. */
export const CreateInOccasion = z.object(creation).meta({ id: 'CreateInOccasion' });

export const UpdateConnection = z
  .object({
    state: z.enum(['enabled', 'disabled']).optional(),
    config: FreeConfig.optional().meta({ description: 'Replaces the configuration as a whole.' }),
    secrets: z.record(z.string().max(100), SecretValue.nullable()).optional().meta({
      description:
        'Rotates the fields that it names; null asks for a generated one, and {} for all that can be generated.',
    }),
    secrets_expire_at: SecretsExpireAt,
    overlap_hours: z
      .number()
      .int()
      .min(0)
      .max(OVERLAP_HOURS_MAX)
      .default(OVERLAP_HOURS)
      .meta({ description: 'How long the secrets that were there stay valid beside the new ones.' }),
    note: Note.optional(),
  })
  .meta({ id: 'UpdateConnection' });
export type UpdateConnection = z.infer<typeof UpdateConnection>;

/** What a connection is revoked, paused or resumed with, in the query. */
export const NoteQuery = z.object({ ...scopeFields, note: Note.optional() }).check(scopeRule);

const Throttles = z
  .object({
    deliveries_per_second: z.int().min(1).max(10_000).optional(),
    concurrent_deliveries: z.int().min(1).max(1000).optional(),
  })
  .meta({ description: 'Bounds on what one tenant may use. Kept and shown; not enforced yet.' });

export const TenantSettings = z
  .object({ integrations_enabled: z.boolean(), throttles: Throttles.optional() })
  .meta({ id: 'TenantSettings', description: 'The roll-out gate of one tenant, and its bounds.' });
export type TenantSettings = z.infer<typeof TenantSettings>;

export const ChangeTenant = TenantSettings.extend({ note: Note.optional() }).meta({ id: 'ChangeTenant' });
