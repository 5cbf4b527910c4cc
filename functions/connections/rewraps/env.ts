import * as z from 'zod';

export const Env = z.object({ CONNECTIONS_TABLE: z.string() });
export type Env = z.infer<typeof Env>;
