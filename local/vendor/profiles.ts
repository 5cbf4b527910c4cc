import type { VendorProfile } from './profile.ts';

const GOOGLE = 'https://www.googleapis.com/auth';
const USER = { name: 'Ada Example', email: 'ada@example.com' };
const CRM_OBJECTS = ['companies', 'contacts'];

/** The vendors that our connectors connect to through OAuth, as their documents have them. People and accounts are invented. */
export const vendorProfiles = {
  github: {
    authorizePath: '/login/oauth/authorize',
    tokenPath: '/login/oauth/access_token',
    clientAuth: 'body',
    pkce: true,
    scopes: ['read:user', 'user:email', 'read:org', 'repo', 'admin:repo_hook'],
    resources: { '/user': { id: 583231, login: 'ada', ...USER } },
    revocation: {
      method: 'DELETE',
      path: '/applications/our-app/grant',
      field: 'access_token',
      client: 'basic',
      answer: { status: 204 },
    },
  },
  google: {
    authorizePath: '/o/oauth2/v2/auth',
    tokenPath: '/token',
    clientAuth: 'body',
    pkce: true,
    scopes: [`${GOOGLE}/calendar.events.readonly`, `${GOOGLE}/drive.metadata.readonly`],
    resources: { '/tokeninfo': ({ sub, scope }) => ({ aud: 'our-app', sub, scope, email: USER.email }) },
    refusal: { status: 400, json: { error: 'invalid_token' } },
    revocation: {
      method: 'POST',
      path: '/revoke',
      field: 'token',
      client: 'none',
      answer: { status: 200, json: {} },
    },
  },
  hubspot: {
    authorizePath: '/oauth/authorize',
    tokenPath: '/oauth/2026-03/token',
    clientAuth: 'body',
    pkce: false,
    scopes: [
      'oauth',
      ...CRM_OBJECTS.flatMap((name) => ['read', 'write'].map((to) => `crm.objects.${name}.${to}`)),
    ],
    grant: { hub_id: 4711 },
    resources: { '/account-info/2026-09/details': { portalId: 4711, accountType: 'STANDARD' } },
    revocation: {
      method: 'POST',
      path: '/oauth/2026-03/token/revoke',
      field: 'token',
      client: 'form',
      answer: { status: 204 },
    },
  },
  jira: {
    authorizePath: '/authorize',
    tokenPath: '/oauth/token',
    clientAuth: 'json',
    pkce: false,
    scopes: ['read:jira-work', 'read:jira-user', 'manage:jira-webhook'],
    resources: {
      '/oauth/token/accessible-resources': [
        { id: 'cloud-1', name: 'Example', url: 'https://example.atlassian.net', scopes: ['read:jira-work'] },
      ],
    },
  },
  pipedrive: {
    authorizePath: '/oauth/authorize',
    tokenPath: '/oauth/token',
    clientAuth: 'basic',
    pkce: false,
    scopes: ['base', 'contacts:full', 'deals:full'],
    grant: { api_domain: 'https://example.pipedrive.com' },
    resources: { '/api/v1/users/me': { success: true, data: { id: 1, company_id: 99, ...USER } } },
    revocation: {
      method: 'POST',
      path: '/oauth/revoke',
      field: 'token',
      client: 'basic',
      answer: { status: 200, json: {} },
    },
  },
  slack: {
    authorizePath: '/oauth/v2/authorize',
    tokenPath: '/api/oauth.v2.access',
    clientAuth: 'basic',
    pkce: false,
    scopes: ['app_mentions:read', 'channels:history', 'users:read'],
    grant: { ok: true, team: { id: 'T0001', name: 'Example' } },
    resources: { '/api/auth.test': { ok: true, team: 'Example', team_id: 'T0001', user: USER.name } },
    refusal: { status: 200, json: { ok: false, error: 'invalid_auth' } },
    revocation: {
      method: 'POST',
      path: '/api/auth.revoke',
      client: 'none',
      answer: { status: 200, json: { ok: true, revoked: true } },
    },
  },
  zoho: {
    authorizePath: '/oauth/v2/auth',
    tokenPath: '/oauth/v2/token',
    clientAuth: 'body',
    pkce: false,
    scopes: ['ZohoCRM.notifications.ALL', 'ZohoCRM.users.READ'],
    grant: { api_domain: 'https://www.zohoapis.com' },
    resources: { '/crm/v8/users': { users: [{ id: '1', full_name: USER.name, email: USER.email }] } },
    scheme: 'Zoho-oauthtoken',
    refusal: { status: 401, json: { code: 'INVALID_TOKEN', status: 'error' } },
    revocation: {
      method: 'POST',
      path: '/oauth/v2/token/revoke',
      field: 'token',
      client: 'none',
      answer: { status: 200, json: { status: 'success' } },
    },
  },
} satisfies Readonly<Record<string, VendorProfile>>;
