import * as z from 'zod';

export const Env = z.object({ OUTBOX_TABLE: z.string(), DELIVERIES_TABLE: z.string() });
export type Env = z.infer<typeof Env>;
