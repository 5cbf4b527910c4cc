import * as z from 'zod';
import { defineConnector } from '../define.ts';
import { textAt } from '../oauth.ts';

const API = 'https://api.atlassian.com';
const SITES = `${API}/oauth/token/accessible-resources`;

export const jira = defineConnector({
  type: 'jira',
  name: 'Jira',
  description: 'Connects a Jira Cloud site through an OAuth 2.0 (3LO) app.',
  category: 'development',
  direction: 'inbound',
  auth: 'oauth2',
  capabilities: ['connect'],
  actionKeys: [],
  config: z.object({
    site_url: z.string().min(1).max(2048).optional().meta({
      title: 'Site URL',
      description: 'Such as https://example.atlassian.net; needed when the grant covers several sites.',
    }),
  }),
  secrets: z.object({}),
  oauth: {
    server: {
      authorizeUrl: 'https://auth.atlassian.com/authorize',
      tokenUrl: 'https://auth.atlassian.com/oauth/token',
    },
    clientAuth: 'json',
    pkce: false,
    scopes: {
      always: ['offline_access'],
      default: ['read:jira-work', 'read:jira-user'],
      separator: ' ',
    },
    authorizeParameters: { audience: 'api.atlassian.com', prompt: 'consent' },
    accessTokenSeconds: 3600,
    async account({ get, config }) {
      const found = await get(SITES);
      if (!Array.isArray(found) || found.length === 0) return 'unavailable';
      const wanted = textAt(config, 'site_url')?.replace(/\/$/, '');
      const sites = found.filter((site) => wanted === undefined || textAt(site, 'url') === wanted);
      const id = textAt(sites[0], 'id');
      return sites.length === 1 && id !== undefined ? { id, baseUrl: `${API}/ex/jira/${id}` } : 'unclear';
    },
    whoami: {
      method: 'GET',
      url: SITES,
      accounts: (sites) => (Array.isArray(sites) ? sites.map((site) => textAt(site, 'id')) : []),
    },
  },
});
