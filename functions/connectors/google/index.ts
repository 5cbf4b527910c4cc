import * as z from 'zod';
import { defineConnector } from '../define.ts';
import { textAt } from '../oauth.ts';

const SCOPES = 'https://www.googleapis.com/auth';

/** The `sub` of an ID token. It came from the token URL over TLS, which stands in for its signature (OIDC Core §3.1.3.7). */
const subjectOf = (idToken: string | undefined): string | undefined => {
  try {
    const payload = Buffer.from(idToken?.split('.')[1] ?? '', 'base64url').toString('utf8');
    return textAt(JSON.parse(payload), 'sub');
  } catch {
    return undefined;
  }
};

export const google = defineConnector({
  type: 'google',
  name: 'Google',
  description: 'Connects a Google account, for its calendar and files.',
  category: 'productivity',
  direction: 'inbound',
  auth: 'oauth2',
  capabilities: ['connect'],
  actionKeys: [],
  config: z.object({}),
  secrets: z.object({}),
  oauth: {
    server: {
      authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      tokenUrl: 'https://oauth2.googleapis.com/token',
    },
    clientAuth: 'body',
    pkce: true,
    scopes: {
      always: ['openid'],
      default: [`${SCOPES}/calendar.events.readonly`, `${SCOPES}/drive.metadata.readonly`],
      separator: ' ',
    },
    // Without consent asked for anew, a second connect brings no refresh token.
    authorizeParameters: { access_type: 'offline', prompt: 'consent' },
    accessTokenSeconds: 3600,
    account({ answer }) {
      const id = subjectOf(textAt(answer, 'id_token'));
      return id === undefined ? 'unavailable' : { id, baseUrl: 'https://www.googleapis.com' };
    },
    whoami: {
      method: 'POST',
      url: 'https://oauth2.googleapis.com/tokeninfo',
      accounts: (info) => [textAt(info, 'sub')],
      scopes: (info) => textAt(info, 'scope')?.split(' '),
      refusals: ['invalid_token'],
    },
    revocation: {
      method: 'POST',
      url: 'https://oauth2.googleapis.com/revoke',
      token: 'refresh',
      sent: 'form',
      field: 'token',
      client: 'none',
    },
  },
});
