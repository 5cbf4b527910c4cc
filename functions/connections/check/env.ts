import * as z from 'zod';
import { VendorUrls } from '../oauth/vendor-urls.ts';

export const Env = z.object({
  CONNECTIONS_TABLE: z.string(),
  SECRETS_TABLE: z.string(),
  KEY_ID: z.string(),
  VENDOR_URLS: VendorUrls,
  LOOPBACK_DESTINATIONS: z.enum(['allow', 'refuse']),
});
export type Env = z.input<typeof Env>;
