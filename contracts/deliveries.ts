import * as z from 'zod';
import { ConnectorType } from './connections.ts';
import { Envelope } from './events.ts';
import { ConnectionId, DeliveryId, Timestamp } from './ids.ts';

/**
 * `queued` waits in its lane, `delivering` is claimed by a worker, `retry` waits for its next attempt, `parked` waits
 * for its connection. `delivered`, `skipped` and `quarantined` are outcomes.
 */
export const DeliveryState = z.enum([
  'queued',
  'delivering',
  'retry',
  'parked',
  'delivered',
  'skipped',
  'quarantined',
]);
export type DeliveryState = z.infer<typeof DeliveryState>;

/** Why a pair of event and connection was not sent. */
export const SkipReason = z.enum([
  'gated',
  'connection_disabled',
  'connection_revoked',
  'event_type_off',
  'non_strict_signals_off',
]);
export type SkipReason = z.infer<typeof SkipReason>;

/** Why the deliveries over a connection wait until that has passed. */
export const ParkReason = z.enum(['paused', 'needs_reauth', 'connection_invalid']);
export type ParkReason = z.infer<typeof ParkReason>;

export const Attempt = z
  .object({
    attempt_id: z.string(),
    at: Timestamp,
    duration_ms: z.int(),
    outcome: z.enum(['delivered', 'retry', 'throttled', 'unauthorized', 'rejected', 'blocked']),
    code: z.string().optional().meta({ description: 'Why it was not delivered, such as http_500.' }),
    body_sha256: z
      .string()
      .optional()
      .meta({ description: 'Hash of the body that was sent; bodies are not kept.' }),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.infer<typeof Attempt>;

export const Delivery = z
  .object({
    delivery_id: DeliveryId,
    connection_id: ConnectionId,
    connector_type: ConnectorType,
    state: DeliveryState,
    reason: z.string().optional(),
    attempts: z.array(Attempt),
    created_at: Timestamp,
    updated_at: Timestamp,
    next_attempt_at: Timestamp.optional(),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;

export const EventWithDeliveries = z
  .object({ event: Envelope, deliveries: z.array(Delivery) })
  .meta({ id: 'EventWithDeliveries' });
