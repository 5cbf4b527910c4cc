import * as z from 'zod';
import { checkDestination } from '../../platform/egress/destination.ts';
import { defineConnector } from '../define.ts';
import { check } from './check.ts';
import { deliver } from './deliver.ts';
import { generateSigningSecret, isSigningSecret } from './signature.ts';

export const webhook = defineConnector({
  type: 'webhook',
  name: 'Webhook',
  description: 'Sends every event as a signed HTTP POST that any Standard Webhooks library verifies.',
  category: 'generic',
  direction: 'outbound',
  auth: 'none',
  capabilities: ['deliver'],
  actionKeys: ['events.deliver'],
  config: z.object({
    url: z
      .string()
      .min(1)
      .max(2048)
      .meta({ title: 'Endpoint URL', description: 'An https URL on a public network.' }),
  }),
  secrets: z.object({
    signing_secret: z
      .string()
      .refine(isSigningSecret, 'must be whsec_ followed by 24 to 64 bytes in base64')
      .meta({ title: 'Signing secret', secret: true }),
  }),
  generate: { signing_secret: generateSigningSecret },
  validate(config, { destinations }) {
    const checked = checkDestination(config.url, destinations);
    return checked.ok ? [] : [{ field: 'config.url', message: checked.detail }];
  },
  deliver,
  check,
});
