import * as z from 'zod';
import { Timestamp } from './ids.ts';

/** What a vendor has granted to a connection. Its tokens are elsewhere, sealed. */
export const Authorization = z
  .object({
    status: z.enum(['granted', 'needs_reauth']).meta({
      description: 'needs_reauth: the vendor refuses to renew the grant, so someone has to connect again.',
    }),
    account_id: z.string().optional().meta({ description: "The vendor's own id of the account." }),
    base_url: z.string().meta({ description: "Where the account's API is." }),
    scopes_requested: z.array(z.string()),
    scopes_granted: z
      .array(z.string())
      .meta({ description: 'As the vendor says; those that were requested, when it does not.' }),
    granted_at: Timestamp,
  })
  .meta({ id: 'Authorization' });
export type Authorization = z.infer<typeof Authorization>;
