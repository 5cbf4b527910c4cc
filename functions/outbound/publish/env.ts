import * as z from 'zod';

export const Env = z.object({
  OUTBOX_TABLE: z.string(),
  EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).max(9999),
});
export type Env = z.input<typeof Env>;
