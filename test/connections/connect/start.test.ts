import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StartConnect } from '#contracts/connect.ts';
import { makeRedirectUris } from '#functions/connections/connect/redirect-uris.ts';
import { hashOf, newState, tenantOf } from '#functions/connections/connect/state.ts';
import {
  type ConnectServices,
  type ConnectWorld,
  connectWorld,
  startConnectServices,
} from '../../harness/connect-world.ts';
import { CAUSE } from '../../harness/manage.ts';
import { START_MS } from '../../harness/outbound.ts';
import { REDIRECT_URI } from '../../simulators/oidc-vendor.ts';

let services: ConnectServices;
let world: ConnectWorld;
let tenantId: string;
beforeAll(async () => {
  services = await startConnectServices();
});
afterAll(() => services.close());
beforeEach(async () => {
  world = connectWorld(services, {});
  tenantId = await world.tenant();
  await world.setUpApp('github');
  await world.setUpApp('pipedrive');
});

const start = async (provider: string, input: object = {}) => {
  const started = await world.start(tenantId, provider, StartConnect.parse(input));
  return 'code' in started ? started : new URL(started.authorize_url).searchParams;
};

describe('beginning to connect', () => {
  it('sends the user to the vendor for ten minutes, and remembers that under a hash', async () => {
    const started = await world.start(tenantId, 'github', StartConnect.parse({}));
    if ('code' in started) throw new Error(started.code);
    expect(started.expires_at).toBe(new Date(START_MS + 600_000).toISOString());
    const state = new URL(started.authorize_url).searchParams.get('state') ?? '';
    expect(await world.itemsOf(tenantId)).toEqual([`T#${tenantId}#O#${hashOf(state)} pending`]);
  });

  it('comes back to the API’s own callback unless told otherwise', async () => {
    const own = await start('github');
    expect('get' in own && own.get('redirect_uri')).toBe('https://api.example.com/connect/github/callback');
    const other = await start('github', { redirect_uri: REDIRECT_URI });
    expect('get' in other && other.get('redirect_uri')).toBe(REDIRECT_URI);
  });

  it('comes back to where the provider was set up for, when the caller names nothing', async () => {
    const app = { client_id: 'our-app', client_secret: 'any', redirect_uri: REDIRECT_URI };
    expect(await world.setUp('github', app, CAUSE)).toMatchObject({ redirect_uri: REDIRECT_URI });
    const started = await start('github');
    expect('get' in started && started.get('redirect_uri')).toBe(REDIRECT_URI);
  });

  it.each([
    `${REDIRECT_URI}/`,
    `${REDIRECT_URI}?x=1`,
    `${REDIRECT_URI}/../elsewhere`,
    REDIRECT_URI.toUpperCase(),
    REDIRECT_URI.replace('https', 'http'),
    'https://api.example.com/connect/slack/callback',
    'https://attacker.example',
  ])('refuses a redirect URI that is not on the list: %s', async (redirect_uri) => {
    expect(await start('github', { redirect_uri })).toMatchObject({ code: 'connect.redirect_refused' });
    const app = { client_id: 'our-app', client_secret: 'any', redirect_uri };
    expect(await world.setUp('github', app, CAUSE)).toMatchObject({ code: 'connect.redirect_refused' });
    expect(await world.itemsOf(tenantId)).toEqual([]);
  });

  it.each([
    ['of a provider that is none', 'carrier_pigeon', {}, 'connect.provider_unknown'],
    ['of a connector without OAuth', 'webhook', {}, 'connect.provider_unknown'],
    ['of a provider that nobody has set up', 'jira', {}, 'connect.provider_not_set_up'],
    ['with scopes where the vendor takes none', 'pipedrive', { scopes: ['base'] }, 'request.invalid'],
    ['with a secret in the configuration', 'github', { config: { token: 'x' } }, 'request.invalid'],
  ])('is refused %s', async (_, provider, input, code) => {
    expect(await start(provider, input)).toMatchObject({ code });
    expect(await world.itemsOf(tenantId)).toEqual([]);
  });

  it('is refused for a tenant that is not on the allowlist', async () => {
    await world.store.setGate(tenantId, false);
    expect(await start('github')).toMatchObject({ code: 'tenant.integrations_disabled' });
  });

  it('takes no scope that could smuggle in another', () => {
    const refused = ['a b', 'a,b', 'a"b', 'a\\b', '', 'ä', 'a\nb'];
    expect(refused.filter((scope) => StartConnect.safeParse({ scopes: [scope] }).success)).toEqual([]);
  });
});

describe('a state', () => {
  const tenants = fc.uuid();

  it('names its tenant, and is never the same', () => {
    fc.assert(
      fc.property(tenants, (tenant) => {
        expect(tenantOf(newState(tenant))).toBe(tenant);
        expect(newState(tenant)).not.toBe(newState(tenant));
      }),
    );
  });

  it('is nothing that any other text could be taken for', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(tenantOf(text)).toBeUndefined();
      }),
    );
  });
});

describe('redirect URIs', () => {
  it('never take one that is only like one of them', () => {
    const uris = makeRedirectUris('https://api.example.com/', [REDIRECT_URI]);
    const own = 'https://api.example.com/connect/github/callback';
    expect([uris.own('github'), uris.takes('github', own), uris.takes('github', REDIRECT_URI)]).toEqual([
      own,
      true,
      true,
    ]);
    fc.assert(
      fc.property(fc.constantFrom(own, REDIRECT_URI), fc.string({ minLength: 1 }), (uri, more) => {
        expect([uris.takes('github', uri + more), uris.takes('github', more + uri)]).toEqual([false, false]);
      }),
    );
  });
});
