import * as z from 'zod';

const Lanes = z.record(z.string(), z.url());

export const Env = z.object({
  CONNECTIONS_TABLE: z.string(),
  DELIVERIES_TABLE: z.string(),
  DELIVERY_RETENTION_DAYS: z.coerce.number().int().min(1).max(9999),
  EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).max(9999),
  /** JSON: connector type → URL of its lane. */
  LANES: z.string().transform((text, context) => {
    try {
      return Lanes.parse(JSON.parse(text));
    } catch {
      context.issues.push({ code: 'custom', message: 'must be JSON of URLs by connector type', input: '' });
      return z.NEVER;
    }
  }),
});
export type Env = z.input<typeof Env>;
