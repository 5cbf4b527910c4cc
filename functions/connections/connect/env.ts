import * as z from 'zod';
import { VendorUrls } from '../oauth/vendor-urls.ts';

export const Env = z.object({
  CONNECTIONS_TABLE: z.string(),
  SECRETS_TABLE: z.string(),
  LIMITS_TABLE: z.string(),
  KEY_ID: z.string(),
  /** Where this API is, for its own callback. */
  API_URL: z.url(),
  /** Other redirect URIs that are taken, separated by commas. */
  REDIRECT_URIS: z.string().transform((text) =>
    text
      .split(',')
      .map((uri) => uri.trim())
      .filter((uri) => uri !== ''),
  ),
  VENDOR_URLS: VendorUrls,
  LOOPBACK_DESTINATIONS: z.enum(['allow', 'refuse']),
});
export type Env = z.input<typeof Env>;
