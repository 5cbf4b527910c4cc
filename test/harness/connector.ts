import * as z from 'zod';
import { type Connector, defineConnector } from '#functions/connectors/define.ts';

/** A connector with a required, an optional and a nested field, and two secrets of which one may be left out. */
export const sampleConnector = (changes: Partial<Connector> = {}): Connector => ({
  ...defineConnector({
    type: 'sample',
    name: 'Sample',
    description: 'For tests.',
    category: 'generic',
    direction: 'outbound',
    auth: 'token',
    capabilities: ['deliver'],
    actionKeys: [],
    config: z.object({
      account: z.string().min(3).meta({ title: 'Account' }),
      token_name: z.string().optional().meta({ title: 'Name of the token' }),
    }),
    secrets: z.object({
      access_token: z.string().min(8).meta({ title: 'Access token', secret: true }),
      webhook_key: z.string().optional().meta({ title: 'Key', secret: true }),
    }),
  }),
  ...changes,
});
