import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectCallback } from '#contracts/connect.ts';
import { isOAuth } from '#functions/connections/oauth/vendor.ts';
import { connectorOf, connectors } from '#functions/connectors/all.ts';
import { type ConnectServices, connectWorld, startConnectServices } from '../harness/connect-world.ts';
import { decideAt } from '../simulators/consent.ts';
import { CLIENT, REDIRECT_URI, startOidcVendor } from '../simulators/oidc-vendor.ts';

const HOUR_MS = 3_600_000;

interface Sample {
  /** What the vendor answers beyond OAuth, by path. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly input?: object;
  /** What Zoho sends the user back with beside code and state. */
  readonly callback?: Readonly<Record<string, string>>;
  readonly account: { readonly account_id?: string; readonly base_url: string };
}

const SITES = [
  { id: 'cloud-1', url: 'https://one.atlassian.net', scopes: [] },
  { id: 'cloud-2', url: 'https://two.atlassian.net', scopes: [] },
];

const samples: Readonly<Record<string, Sample>> = {
  github: {
    more: { '/user': { id: 583231 } },
    account: { account_id: '583231', base_url: 'https://api.github.com' },
  },
  google: { more: {}, account: { account_id: 'ada', base_url: 'https://www.googleapis.com' } },
  hubspot: {
    more: { '/account-info/2026-09/details': { portalId: 4711 } },
    account: { account_id: '4711', base_url: 'https://api.hubapi.com' },
  },
  jira: {
    more: { '/oauth/token/accessible-resources': SITES },
    input: { config: { site_url: 'https://two.atlassian.net/' } },
    account: { account_id: 'cloud-2', base_url: 'https://api.atlassian.com/ex/jira/cloud-2' },
  },
  pipedrive: {
    more: {
      '/oauth/token': { api_domain: 'https://company.pipedrive.com' },
      '/api/v1/users/me': { success: true, data: { id: 1, company_id: 99 } },
    },
    account: { account_id: '99', base_url: 'https://company.pipedrive.com' },
  },
  slack: {
    more: { '/api/oauth.v2.access': { ok: true, team: { id: 'T0001', name: 'Example' } } },
    account: { account_id: 'T0001', base_url: 'https://slack.com/api' },
  },
  zoho: {
    more: { '/oauth/v2/token': { api_domain: 'https://www.zohoapis.eu' } },
    callback: { 'accounts-server': 'https://accounts.zoho.eu', location: 'eu' },
    account: { base_url: 'https://www.zohoapis.eu' },
  },
};

let services: ConnectServices;
beforeAll(async () => {
  services = await startConnectServices();
});
afterAll(() => services.close());

/** A vendor as strict about its own ways as the provider says, and a tenant about to connect it. */
const withVendor = async (type: string, more: Sample['more']) => {
  const connector = connectorOf(type);
  if (!isOAuth(connector)) throw new Error(type);
  const { server, clientAuth, pkce, scopes } = connector.oauth;
  const vendor = await startOidcVendor({
    authorizePath: new URL(server.authorizeUrl).pathname,
    tokenPath: new URL(server.tokenUrl).pathname,
    clientAuth,
    pkce,
    scopes: [...scopes.always, ...scopes.default, ...(scopes.separator ? [] : ['base'])],
    more,
  });
  const world = connectWorld(services, { [type]: vendor.url });
  await world.setUpApp(type);
  const tenantId = await world.tenant();
  return {
    vendor,
    world,
    tenantId,
    async connect(input: object = {}, callback: Readonly<Record<string, string>> = {}) {
      const back = await decideAt(await world.begin(tenantId, type, input), REDIRECT_URI);
      for (const [name, value] of Object.entries(callback)) back.searchParams.set(name, value);
      return world.complete(type, ConnectCallback.parse(Object.fromEntries(back.searchParams)));
    },
  };
};

describe('each provider', () => {
  it('has a sample here', () => {
    const types = connectors.filter(isOAuth).map(({ type }) => type);
    expect(Object.keys(samples)).toEqual(types.toSorted());
  });

  it.each(Object.entries(samples))(
    'connects in its vendor’s own way, finds the account, and renews the grant: %s',
    async (type, { more, input, callback, account }) => {
      const { vendor, world, tenantId, connect } = await withVendor(type, more);
      expect(await connect(input, callback)).toMatchObject({ state: 'enabled', authorization: account });
      const record = await world.store.find(tenantId, type);
      if (!record) throw new Error('It is not there');
      await world.clock.advance(HOUR_MS);
      expect(await world.worker().accessToken(record)).toMatchObject({ ok: true });
      const [exchange, refresh] = vendor.tokenCalls;
      expect(exchange?.fields).toMatchObject({
        grant_type: 'authorization_code',
        redirect_uri: REDIRECT_URI,
      });
      expect(refresh?.fields).toMatchObject({ grant_type: 'refresh_token' });
      await vendor.close();
    },
  );
});

describe('the client', () => {
  it.each([
    ['slack', false, /^Basic /],
    ['github', true, undefined],
    ['jira', true, undefined],
  ])('proves itself to %s where it wants it, and nowhere else', async (type, inBody, header) => {
    const { vendor, connect } = await withVendor(type, samples[type]?.more ?? {});
    await connect(samples[type]?.input);
    const [call] = vendor.tokenCalls;
    expect(call?.fields['client_secret']).toBe(inBody ? CLIENT.secret : undefined);
    if (header) expect(call?.headers.authorization).toMatch(header);
    else expect(call?.headers.authorization).toBeUndefined();
    expect(call?.headers['content-type']).toBe(
      type === 'jira' ? 'application/json' : 'application/x-www-form-urlencoded',
    );
    await vendor.close();
  });
});

describe('an account', () => {
  const refusal = async (type: string, more: Sample['more'], input = {}, callback = {}) => {
    const { vendor, world, tenantId, connect } = await withVendor(type, more);
    const result = await connect(input, callback);
    const left = await world.itemsOf(tenantId);
    await vendor.close();
    return ['code' in result ? result.code : result.state, left];
  };

  it('that is one of several sites of Jira must be named', async () => {
    const more = { '/oauth/token/accessible-resources': SITES };
    expect(await refusal('jira', more)).toEqual(['connect.account_unclear', []]);
    const elsewhere = { config: { site_url: 'https://three.atlassian.net' } };
    expect(await refusal('jira', more, elsewhere)).toEqual(['connect.account_unclear', []]);
  });

  it('that is the one site of Jira need not be', async () => {
    const [state] = await refusal('jira', { '/oauth/token/accessible-resources': SITES.slice(0, 1) });
    expect(state).toBe('enabled');
  });

  it.each([
    ['github', { '/user': { login: 'octocat' } }],
    ['jira', { '/oauth/token/accessible-resources': [] }],
    ['hubspot', {}],
    ['slack', {}],
    ['pipedrive', { '/oauth/token': { api_domain: 'https://company.pipedrive.com' } }],
    ['pipedrive', { '/oauth/token': { api_domain: 'https://pipedrive.com.attacker.example' } }],
    ['zoho', { '/oauth/v2/token': { api_domain: 'https://www.zohoapis.attacker.example' } }],
  ])('that %s does not tell, or tells as no vendor would, is an error: %j', async (type, more) => {
    expect(await refusal(type, more)).toEqual(['connect.vendor_unavailable', []]);
  });

  it('at a server that is not Zoho’s gets neither code nor secret', async () => {
    const { vendor, connect } = await withVendor('zoho', samples['zoho']?.more ?? {});
    const answer = await connect({}, { 'accounts-server': 'https://accounts.zoho.com.attacker.example' });
    expect(answer).toMatchObject({ code: 'connect.authorization_failed' });
    expect(vendor.tokenCalls).toEqual([]);
    await vendor.close();
  });
});
