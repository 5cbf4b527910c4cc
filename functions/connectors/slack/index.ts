import * as z from 'zod';
import { defineConnector } from '../define.ts';
import { textAt } from '../oauth.ts';

const API = 'https://slack.com/api';

export const slack = defineConnector({
  type: 'slack',
  name: 'Slack',
  description: 'Connects a Slack workspace through a Slack app.',
  category: 'messaging',
  direction: 'inbound',
  auth: 'oauth2',
  capabilities: ['connect'],
  actionKeys: [],
  config: z.object({}),
  secrets: z.object({}),
  oauth: {
    server: {
      authorizeUrl: 'https://slack.com/oauth/v2/authorize',
      tokenUrl: `${API}/oauth.v2.access`,
    },
    clientAuth: 'basic',
    // Turning it on makes the app a public client, for good.
    pkce: false,
    scopes: { always: [], default: ['app_mentions:read'], separator: ',' },
    errorCodes: {
      grant: ['invalid_code', 'code_already_used', 'invalid_refresh_token', 'token_revoked', 'token_expired'],
      client: ['invalid_client_id', 'bad_client_secret'],
    },
    account({ answer }) {
      const id = textAt(answer, 'team', 'id') ?? textAt(answer, 'enterprise', 'id');
      return id === undefined ? 'unavailable' : { id, baseUrl: API };
    },
    whoami: {
      method: 'POST',
      url: `${API}/auth.test`,
      accounts: (answer) => [textAt(answer, 'team_id'), textAt(answer, 'enterprise_id')],
      refusals: ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive'],
    },
    revocation: {
      method: 'POST',
      url: `${API}/auth.revoke`,
      token: 'access',
      sent: 'bearer',
      field: 'token',
      client: 'none',
    },
  },
});
