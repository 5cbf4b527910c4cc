import * as z from 'zod';
import { defineConnector } from '../define.ts';
import { textAt } from '../oauth.ts';

const API = 'https://api.github.com';

export const github = defineConnector({
  type: 'github',
  name: 'GitHub',
  description: 'Connects a GitHub user or organization through an OAuth app or GitHub App.',
  category: 'development',
  direction: 'inbound',
  auth: 'oauth2',
  capabilities: ['connect'],
  actionKeys: [],
  config: z.object({}),
  secrets: z.object({}),
  oauth: {
    server: {
      authorizeUrl: 'https://github.com/login/oauth/authorize',
      tokenUrl: 'https://github.com/login/oauth/access_token',
    },
    clientAuth: 'body',
    pkce: true,
    scopes: { always: [], default: ['read:user'], separator: ' ' },
    errorCodes: {
      grant: ['bad_verification_code', 'bad_refresh_token'],
      client: ['incorrect_client_credentials'],
    },
    async account({ get }) {
      const id = textAt(await get(`${API}/user`), 'id');
      return id === undefined ? 'unavailable' : { id, baseUrl: API };
    },
    whoami: { method: 'GET', url: `${API}/user`, accounts: (user) => [textAt(user, 'id')] },
    revocation: {
      method: 'DELETE',
      url: `${API}/applications/{client_id}/grant`,
      token: 'access',
      sent: 'json',
      field: 'access_token',
      client: 'basic',
    },
  },
});
