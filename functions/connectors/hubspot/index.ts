import * as z from 'zod';
import { defineConnector } from '../define.ts';
import { textAt } from '../oauth.ts';

const API = 'https://api.hubapi.com';
const DETAILS = `${API}/account-info/2026-09/details`;
const OBJECTS = ['companies', 'contacts'];

export const hubspot = defineConnector({
  type: 'hubspot',
  name: 'HubSpot',
  description: 'Connects a HubSpot account through an app with OAuth.',
  category: 'crm',
  direction: 'inbound',
  auth: 'oauth2',
  capabilities: ['connect'],
  actionKeys: [],
  config: z.object({}),
  secrets: z.object({}),
  oauth: {
    server: {
      authorizeUrl: 'https://app.hubspot.com/oauth/authorize',
      tokenUrl: `${API}/oauth/2026-03/token`,
    },
    clientAuth: 'body',
    pkce: false,
    scopes: {
      always: ['oauth'],
      default: OBJECTS.flatMap((name) => [`crm.objects.${name}.read`, `crm.objects.${name}.write`]),
      separator: ' ',
    },
    accessTokenSeconds: 1800,
    errorCodes: {
      grant: ['BAD_AUTH_CODE', 'BAD_REFRESH_TOKEN'],
      client: ['BAD_CLIENT_ID', 'BAD_CLIENT_SECRET'],
    },
    async account({ answer, get }) {
      const id = textAt(answer, 'hub_id') ?? textAt(await get(DETAILS), 'portalId');
      return id === undefined ? 'unavailable' : { id, baseUrl: API };
    },
    whoami: { method: 'GET', url: DETAILS, accounts: (details) => [textAt(details, 'portalId')] },
    revocation: {
      method: 'POST',
      url: `${API}/oauth/2026-03/token/revoke`,
      token: 'refresh',
      sent: 'form',
      field: 'token',
      client: 'form',
    },
  },
});
