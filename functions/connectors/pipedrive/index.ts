import * as z from 'zod';
import { defineConnector } from '../define.ts';
import { textAt } from '../oauth.ts';

const ME = '/api/v1/users/me';

export const pipedrive = defineConnector({
  type: 'pipedrive',
  name: 'Pipedrive',
  description: 'Connects a Pipedrive company through a Marketplace app.',
  category: 'crm',
  direction: 'inbound',
  auth: 'oauth2',
  capabilities: ['connect'],
  actionKeys: [],
  config: z.object({}),
  secrets: z.object({}),
  oauth: {
    server: {
      authorizeUrl: 'https://oauth.pipedrive.com/oauth/authorize',
      tokenUrl: 'https://oauth.pipedrive.com/oauth/token',
    },
    clientAuth: 'basic',
    pkce: false,
    scopes: { always: [], default: [] },
    accessTokenSeconds: 3600,
    async account({ answer, get, isVendors }) {
      const baseUrl = textAt(answer, 'api_domain')?.replace(/\/$/, '');
      if (baseUrl === undefined || !isVendors(baseUrl, ['pipedrive.com'])) return 'unavailable';
      const id = textAt(await get(`${baseUrl}${ME}`), 'data', 'company_id');
      return id === undefined ? 'unavailable' : { id, baseUrl };
    },
    whoami: { method: 'GET', url: ME, accounts: (me) => [textAt(me, 'data', 'company_id')] },
    revocation: {
      method: 'POST',
      url: 'https://oauth.pipedrive.com/oauth/revoke',
      token: 'refresh',
      sent: 'form',
      field: 'token',
      client: 'basic',
    },
  },
});
