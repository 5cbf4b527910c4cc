import { describe, expect, it } from 'vitest';
import { authorizeUrl, scopesToAsk } from '#functions/connections/oauth/authorize-url.ts';
import { isOAuth } from '#functions/connections/oauth/vendor.ts';
import { connectorOf, connectors } from '#functions/connectors/all.ts';

// RFC 7636, appendix B.
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

const oauthOf = (type: string) => {
  const connector = connectorOf(type);
  if (!isOAuth(connector)) throw new Error(`${type} is not connected through OAuth`);
  return connector.oauth;
};

/** An authorize URL as one reads it: where it goes, then a parameter a line. */
const readable = (
  type: string,
  config: Record<string, unknown> = {},
  chosen?: readonly string[],
): string[] => {
  const oauth = oauthOf(type);
  const url = new URL(
    authorizeUrl(oauth, {
      server: oauth.serverFor?.({ config }) ?? oauth.server,
      clientId: 'our-app',
      redirectUri: `https://api.example.com/connect/${type}/callback`,
      scopes: scopesToAsk(oauth, chosen),
      state: 'the-state',
      ...(oauth.pkce ? { verifier: VERIFIER } : {}),
    }),
  );
  return [
    `${url.origin}${url.pathname}`,
    ...[...url.searchParams].map(([name, value]) => `${name}=${value}`),
  ];
};

const frame = (type: string) => [
  'client_id=our-app',
  `redirect_uri=https://api.example.com/connect/${type}/callback`,
  'response_type=code',
];
const challenge = [
  'code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  'code_challenge_method=S256',
];

const expected: Readonly<Record<string, readonly string[]>> = {
  github: [
    'https://github.com/login/oauth/authorize',
    ...frame('github'),
    'scope=read:user',
    'state=the-state',
    ...challenge,
  ],
  google: [
    'https://accounts.google.com/o/oauth2/v2/auth',
    ...frame('google'),
    'scope=openid https://www.googleapis.com/auth/calendar.events.readonly https://www.googleapis.com/auth/drive.metadata.readonly',
    'access_type=offline',
    'prompt=consent',
    'state=the-state',
    ...challenge,
  ],
  hubspot: [
    'https://app.hubspot.com/oauth/authorize',
    ...frame('hubspot'),
    'scope=oauth crm.objects.companies.read crm.objects.companies.write crm.objects.contacts.read crm.objects.contacts.write',
    'state=the-state',
  ],
  jira: [
    'https://auth.atlassian.com/authorize',
    ...frame('jira'),
    'scope=offline_access read:jira-work read:jira-user',
    'audience=api.atlassian.com',
    'prompt=consent',
    'state=the-state',
  ],
  pipedrive: ['https://oauth.pipedrive.com/oauth/authorize', ...frame('pipedrive'), 'state=the-state'],
  slack: [
    'https://slack.com/oauth/v2/authorize',
    ...frame('slack'),
    'scope=app_mentions:read',
    'state=the-state',
  ],
  zoho: [
    'https://accounts.zoho.com/oauth/v2/auth',
    ...frame('zoho'),
    'scope=ZohoCRM.notifications.ALL',
    'access_type=offline',
    'prompt=consent',
    'state=the-state',
  ],
};

describe('the authorize URL', () => {
  it('is known of every provider that is connected through OAuth', () => {
    const types = connectors.filter(isOAuth).map(({ type }) => type);
    expect(Object.keys(expected)).toEqual(types.toSorted());
  });

  it.each(Object.entries(expected))('of %s is as the vendor documents it', (type, lines) => {
    expect(readable(type)).toEqual(lines);
  });

  it('asks for the scopes that were chosen, and for those that the connection cannot do without', () => {
    expect(readable('jira', {}, ['manage:jira-webhook', 'offline_access'])).toContain(
      'scope=offline_access manage:jira-webhook',
    );
    expect(readable('slack', {}, ['users:read', 'channels:history'])).toContain(
      'scope=users:read,channels:history',
    );
  });

  it('of Zoho is that of the data centre in the configuration', () => {
    expect(readable('zoho', { data_centre: 'eu' })[0]).toBe('https://accounts.zoho.eu/oauth/v2/auth');
    expect(readable('zoho', { data_centre: 'ca' })[0]).toBe('https://accounts.zohocloud.ca/oauth/v2/auth');
    expect(readable('zoho', { data_centre: 'moon' })[0]).toBe('https://accounts.zoho.com/oauth/v2/auth');
  });
});

describe('where codes become tokens', () => {
  it('is where each vendor documents it', () => {
    const urls = connectors.filter(isOAuth).map(({ type, oauth }) => [type, oauth.server.tokenUrl]);
    expect(Object.fromEntries(urls)).toEqual({
      github: 'https://github.com/login/oauth/access_token',
      google: 'https://oauth2.googleapis.com/token',
      hubspot: 'https://api.hubapi.com/oauth/2026-03/token',
      jira: 'https://auth.atlassian.com/oauth/token',
      pipedrive: 'https://oauth.pipedrive.com/oauth/token',
      slack: 'https://slack.com/api/oauth.v2.access',
      zoho: 'https://accounts.zoho.com/oauth/v2/token',
    });
  });

  it('of Zoho is the server that it names on the way back, and no server that is not Zoho’s', () => {
    const { serverFor } = oauthOf('zoho');
    const tokenUrl = (server: string) =>
      serverFor?.({ config: {}, callback: { 'accounts-server': server } })?.tokenUrl;
    expect(tokenUrl('https://accounts.zoho.in')).toBe('https://accounts.zoho.in/oauth/v2/token');
    expect(tokenUrl('https://accounts.zoho.eu/')).toBe('https://accounts.zoho.eu/oauth/v2/token');
    const others = [
      'https://accounts.zoho.com.attacker.example',
      'http://accounts.zoho.com',
      'https://accounts.zoho.com@attacker.example',
      'https://attacker.example/https://accounts.zoho.com',
      'accounts.zoho.com',
      '',
    ];
    expect(others.map(tokenUrl)).toEqual(others.map(() => undefined));
  });
});
