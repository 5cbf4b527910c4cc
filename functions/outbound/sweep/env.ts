import * as z from 'zod';
import { Lanes } from '../lanes.ts';

export const Env = z.object({
  CONNECTIONS_TABLE: z.string(),
  DELIVERIES_TABLE: z.string(),
  LIMITS_TABLE: z.string(),
  LANES: Lanes,
});
export type Env = z.input<typeof Env>;
