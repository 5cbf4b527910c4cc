import * as z from 'zod';
import { ConnectorType } from './connections.ts';

/** One entry of the public catalogue. Forms can be drawn from the two JSON schemas. */
export const Provider = z
  .object({
    connector_type: ConnectorType,
    name: z.string(),
    description: z.string(),
    category: z.string(),
    direction: z.enum(['outbound', 'inbound', 'both']),
    capabilities: z.array(z.string()),
    action_keys: z.array(z.string()),
    auth: z.enum(['none', 'token', 'oauth2']),
    connect: z
      .object({
        scopes: z.object({
          always: z.array(z.string()),
          default: z.array(z.string()),
          choosable: z.boolean().meta({ description: 'Whether POST /connect/{provider} may name others.' }),
        }),
        pkce: z.boolean(),
      })
      .optional()
      .meta({ description: 'How POST /connect/{provider} asks for access; absent where it cannot.' }),
    config_schema: z.record(z.string(), z.unknown()),
    secret_schema: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Provider' });
export type Provider = z.infer<typeof Provider>;

export const ProviderList = z.object({ items: z.array(Provider), next_cursor: z.string().nullable() });

export const Health = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });
