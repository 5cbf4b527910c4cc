import * as z from 'zod';
import { ConnectorType, FreeConfig } from './connections.ts';
import { Timestamp } from './ids.ts';
import { Note } from './notes.ts';
import { scopeFields, scopeRule } from './scopes.ts';

/** A scope-token of RFC 6749 §3.3, but for the comma, which some vendors separate scopes by. */
const ScopeToken = z
  .string()
  .max(200)
  .regex(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/, 'must be one scope');

const RedirectUri = z.string().min(1).max(2048);

export const StartConnect = z
  .object({
    ...scopeFields,
    config: FreeConfig.optional().meta({
      description: 'Of the connection that is made; of one that exists, it replaces the configuration.',
    }),
    redirect_uri: RedirectUri.optional().meta({
      description: 'Where the vendor sends the user back to. Must be on the list of the deployment.',
    }),
    scopes: z
      .array(ScopeToken)
      .max(50)
      .optional()
      .meta({ description: "What to ask the vendor for; the provider's own choice when left out." }),
  })
  .check(scopeRule)
  .meta({ id: 'StartConnect' });
export type StartConnect = z.infer<typeof StartConnect>;

export const ConnectStarted = z
  .object({
    authorize_url: z.string().meta({ description: 'Send the user there, once, before it expires.' }),
    expires_at: Timestamp,
  })
  .meta({ id: 'ConnectStarted' });
export type ConnectStarted = z.infer<typeof ConnectStarted>;

const Parameter = z.string().max(4096).optional();

/** What a vendor sends the user back with. Other parameters are of no interest; Zoho alone names its server. */
export const ConnectCallback = z.object({
  state: z.string().min(1).max(200),
  code: Parameter,
  error: Parameter,
  'accounts-server': Parameter,
});
export type ConnectCallback = z.infer<typeof ConnectCallback>;

/** RFC 6749, appendix A.1 and A.2. */
const VISIBLE = /^[\x20-\x7e]+$/;

export const ProviderSetup = z
  .object({
    client_id: z.string().max(500).regex(VISIBLE, 'must be printable ASCII'),
    client_secret: z
      .string()
      .max(4096)
      .regex(VISIBLE, 'must be printable ASCII')
      .meta({ description: 'Stored encrypted, never answered.', writeOnly: true }),
    redirect_uri: RedirectUri.optional().meta({
      description: "Used unless a connect names another; the API's own callback when left out.",
    }),
    note: Note.optional(),
  })
  .meta({ id: 'ProviderSetup' });
export type ProviderSetup = z.infer<typeof ProviderSetup>;

/** Our app at a vendor, as it is shown. */
export const ProviderSettings = z
  .object({
    connector_type: ConnectorType,
    client_id: z.string(),
    redirect_uri: z.string(),
    redacted_secrets: z.object({
      client_secret: z.object({ present: z.literal(true), created_at: Timestamp }),
    }),
  })
  .meta({ id: 'ProviderSettings' });
export type ProviderSettings = z.infer<typeof ProviderSettings>;
