import * as z from 'zod';

export const Env = z.object({ VERSION: z.string() });
export type Env = z.infer<typeof Env>;
