import * as z from 'zod';
import { defineConnector } from '../define.ts';
import { type OAuthServer, textAt } from '../oauth.ts';

/** Data centre → its accounts server and the domain of its APIs. */
const CENTRES = {
  us: { accounts: 'https://accounts.zoho.com', api: 'zohoapis.com' },
  eu: { accounts: 'https://accounts.zoho.eu', api: 'zohoapis.eu' },
  in: { accounts: 'https://accounts.zoho.in', api: 'zohoapis.in' },
  au: { accounts: 'https://accounts.zoho.com.au', api: 'zohoapis.com.au' },
  jp: { accounts: 'https://accounts.zoho.jp', api: 'zohoapis.jp' },
  cn: { accounts: 'https://accounts.zoho.com.cn', api: 'zohoapis.com.cn' },
  ca: { accounts: 'https://accounts.zohocloud.ca', api: 'zohoapis.ca' },
  sa: { accounts: 'https://accounts.zoho.sa', api: 'zohoapis.sa' },
} as const;

const DataCentre = z.enum(['us', 'eu', 'in', 'au', 'jp', 'cn', 'ca', 'sa']);
const centres = Object.values(CENTRES);

const serverAt = (accounts: string): OAuthServer => ({
  authorizeUrl: `${accounts}/oauth/v2/auth`,
  tokenUrl: `${accounts}/oauth/v2/token`,
});

export const zoho = defineConnector({
  type: 'zoho',
  name: 'Zoho CRM',
  description: 'Connects a Zoho CRM organization in any of its data centres.',
  category: 'crm',
  direction: 'inbound',
  auth: 'oauth2',
  capabilities: ['connect'],
  actionKeys: [],
  config: z.object({
    data_centre: DataCentre.default('us').meta({
      title: 'Data centre',
      description: 'Where the user is asked; Zoho itself says where the account is.',
    }),
  }),
  secrets: z.object({}),
  oauth: {
    server: serverAt(CENTRES.us.accounts),
    serverFor({ config, callback }) {
      const named = callback?.['accounts-server']?.replace(/\/$/, '');
      const chosen = CENTRES[DataCentre.safeParse(config['data_centre']).data ?? 'us'].accounts;
      // The client secret goes there, so nothing but the list decides.
      const accounts = centres.find((centre) => centre.accounts === (named ?? chosen))?.accounts;
      return accounts === undefined ? undefined : serverAt(accounts);
    },
    clientAuth: 'body',
    pkce: false,
    scopes: { always: [], default: ['ZohoCRM.notifications.ALL'], separator: ',' },
    authorizeParameters: { access_type: 'offline', prompt: 'consent' },
    accessTokenSeconds: 3600,
    errorCodes: { grant: ['invalid_code'], client: ['invalid_client_secret'] },
    account({ answer, isVendors }) {
      const baseUrl = textAt(answer, 'api_domain')?.replace(/\/$/, '');
      const domains = centres.map(({ api }) => api);
      return baseUrl !== undefined && isVendors(baseUrl, domains) ? { baseUrl } : 'unavailable';
    },
    whoami: {
      method: 'GET',
      url: '/crm/v8/users?type=CurrentUser',
      scheme: 'Zoho-oauthtoken',
      // What a token is told that lacks ZohoCRM.users.READ, which a connection need not have.
      tokenIsGood: ['OAUTH_SCOPE_MISMATCH'],
    },
    revocation: {
      method: 'POST',
      url: '/oauth/v2/token/revoke',
      token: 'refresh',
      sent: 'query',
      field: 'token',
      client: 'none',
    },
  },
});
