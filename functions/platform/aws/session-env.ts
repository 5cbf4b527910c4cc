import * as z from 'zod';

/** What a function that works for tenants finds in its environment beside its own variables. */
export const SessionEnv = z.object({
  /** The role that it takes on for one tenant at a time. */
  TENANT_ROLE_ARN: z.string(),
  AWS_REGION: z.string(),
  AWS_ENDPOINT_URL_STS: z.url().optional(),
});
export type SessionEnv = z.infer<typeof SessionEnv>;
