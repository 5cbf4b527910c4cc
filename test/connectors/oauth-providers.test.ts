import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectCallback } from '#contracts/connect.ts';
import { isOAuth } from '#functions/connections/oauth/vendor.ts';
import { connectorOf, connectors } from '#functions/connectors/all.ts';
import { decideAt } from '#local/vendor/browser.ts';
import type { VendorProfile } from '#local/vendor/profile.ts';
import { type ConnectServices, connectWorld, startConnectServices } from '../harness/connect-world.ts';
import { profileOf } from '../harness/vendor-world.ts';
import { CLIENT, REDIRECT_URI, startOidcVendor } from '../simulators/oidc-vendor.ts';

const HOUR_MS = 3_600_000;

interface Sample {
  /** What this vendor tells, where it is other than usual. */
  readonly told: Pick<VendorProfile, 'grant' | 'resources'>;
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
    told: {},
    account: { account_id: '583231', base_url: 'https://api.github.com' },
  },
  google: { told: {}, account: { account_id: 'ada', base_url: 'https://www.googleapis.com' } },
  hubspot: {
    told: { grant: {}, resources: { '/account-info/2026-09/details': { portalId: 4711 } } },
    account: { account_id: '4711', base_url: 'https://api.hubapi.com' },
  },
  jira: {
    told: { resources: { '/oauth/token/accessible-resources': SITES } },
    input: { config: { site_url: 'https://two.atlassian.net/' } },
    account: { account_id: 'cloud-2', base_url: 'https://api.atlassian.com/ex/jira/cloud-2' },
  },
  pipedrive: {
    told: { grant: { api_domain: 'https://company.pipedrive.com' } },
    account: { account_id: '99', base_url: 'https://company.pipedrive.com' },
  },
  slack: {
    told: {},
    account: { account_id: 'T0001', base_url: 'https://slack.com/api' },
  },
  zoho: {
    told: { grant: { api_domain: 'https://www.zohoapis.eu' } },
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
const withVendor = async (type: string, told: Sample['told']) => {
  const connector = connectorOf(type);
  if (!isOAuth(connector)) throw new Error(type);
  const vendor = await startOidcVendor({ ...profileOf(type), ...told });
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
    async (type, { told, input, callback, account }) => {
      const { vendor, world, tenantId, connect } = await withVendor(type, told);
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
    const { vendor, connect } = await withVendor(type, samples[type]?.told ?? {});
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
  const refusal = async (type: string, told: Sample['told'], input = {}, callback = {}) => {
    const { vendor, world, tenantId, connect } = await withVendor(type, told);
    const result = await connect(input, callback);
    const left = await world.itemsOf(tenantId);
    await vendor.close();
    return ['code' in result ? result.code : result.state, left];
  };

  it('that is one of several sites of Jira must be named', async () => {
    const told = { resources: { '/oauth/token/accessible-resources': SITES } };
    expect(await refusal('jira', told)).toEqual(['connect.account_unclear', []]);
    const elsewhere = { config: { site_url: 'https://three.atlassian.net' } };
    expect(await refusal('jira', told, elsewhere)).toEqual(['connect.account_unclear', []]);
  });

  it('that is the one site of Jira need not be', async () => {
    const [state] = await refusal('jira', {
      resources: { '/oauth/token/accessible-resources': SITES.slice(0, 1) },
    });
    expect(state).toBe('enabled');
  });

  it.each([
    ['github', { resources: { '/user': { login: 'octocat' } } }],
    ['jira', { resources: { '/oauth/token/accessible-resources': [] } }],
    ['hubspot', { grant: {}, resources: {} }],
    ['slack', { grant: {} }],
    ['pipedrive', { resources: {} }],
    ['pipedrive', { grant: { api_domain: 'https://pipedrive.com.attacker.example' } }],
    ['zoho', { grant: { api_domain: 'https://www.zohoapis.attacker.example' } }],
  ])('that %s does not tell, or tells as no vendor would, is an error: %j', async (type, told) => {
    expect(await refusal(type, told)).toEqual(['connect.vendor_unavailable', []]);
  });

  it('at a server that is not Zoho’s gets neither code nor secret', async () => {
    const { vendor, connect } = await withVendor('zoho', samples['zoho']?.told ?? {});
    const answer = await connect({}, { 'accounts-server': 'https://accounts.zoho.com.attacker.example' });
    expect(answer).toMatchObject({ code: 'connect.authorization_failed' });
    expect(vendor.tokenCalls).toEqual([]);
    await vendor.close();
  });
});
