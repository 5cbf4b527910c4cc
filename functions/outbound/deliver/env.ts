import * as z from 'zod';

export const Env = z.object({
  CONNECTOR_TYPE: z.string(),
  CONNECTIONS_TABLE: z.string(),
  SECRETS_TABLE: z.string(),
  OUTBOX_TABLE: z.string(),
  DELIVERIES_TABLE: z.string(),
  LIMITS_TABLE: z.string(),
  KEY_ID: z.string(),
  LANE_URL: z.url(),
  QUARANTINE_URL: z.url(),
  LEASE_SECONDS: z.coerce.number().int().positive(),
  DELIVERY_RETENTION_DAYS: z.coerce.number().int().min(1).max(9999),
  LOOPBACK_DESTINATIONS: z.enum(['allow', 'refuse']),
});
export type Env = z.input<typeof Env>;
