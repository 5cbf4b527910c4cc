import * as z from 'zod';
import { Lanes } from '../lanes.ts';

export const Env = z.object({
  CONNECTIONS_TABLE: z.string(),
  DELIVERIES_TABLE: z.string(),
  DELIVERY_RETENTION_DAYS: z.coerce.number().int().min(1).max(9999),
  EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).max(9999),
  LANES: Lanes,
});
export type Env = z.input<typeof Env>;
