import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UNKNOWN_HEALTH } from '#functions/connections/health.ts';
import { decideAt } from '#local/vendor/browser.ts';
import { vendorProfiles } from '#local/vendor/profiles.ts';
import {
  type ConnectServices,
  type ConnectWorld,
  connectWorld,
  startConnectServices,
} from '../../harness/connect-world.ts';
import { changeOf } from '../../harness/manage.ts';
import { START_MS } from '../../harness/outbound.ts';
import { CLIENT, type OidcVendor, REDIRECT_URI, startOidcVendor } from '../../simulators/oidc-vendor.ts';

const TEN_MINUTES_MS = 10 * 60_000;
const BASE = 'https://api.github.com';

let services: ConnectServices;
let github: OidcVendor;
const user = { id: 583231, login: 'octocat' };
let world: ConnectWorld;
let tenantId: string;
beforeAll(async () => {
  services = await startConnectServices();
  github = await startOidcVendor({
    ...vendorProfiles.github,
    resources: { '/user': user },
  });
});
afterAll(async () => {
  await github.close();
  await services.close();
});
beforeEach(async () => {
  github.onToken = () => 'answer';
  user.id = 583231;
  world = connectWorld(services, { github: github.url, slack: github.url });
  await world.setUpApp('github');
  tenantId = await world.tenant();
});

/** The URL that the vendor sends a user back to, with some of its query changed. */
const approved = async (changes: Record<string, string> = {}): Promise<URL> => {
  const url = await decideAt(await world.begin(tenantId, 'github'), REDIRECT_URI);
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value);
  return url;
};

const codeOf = (result: object) => ('code' in result ? result.code : result);

/** What a callback is answered, and what is left of the connect. */
const outcomeOf = async (url: URL, provider = 'github') => {
  const result = await world.callback(provider, url);
  return [codeOf(result), await world.itemsOf(tenantId)];
};

describe('connecting', () => {
  it('makes an enabled connection that says what was asked for, what was granted, when, and by which account', async () => {
    const connection = await world.connect(tenantId, 'github', { scopes: ['read:user', 'read:org'] });
    expect(connection).toMatchObject({ connector_type: 'github', state: 'enabled', validation: [] });
    expect(connection).toMatchObject({
      authorization: {
        status: 'granted',
        account_id: '583231',
        base_url: BASE,
        scopes_requested: ['read:user', 'read:org'],
        scopes_granted: ['read:user', 'read:org'],
        granted_at: new Date(START_MS).toISOString(),
      },
    });
    expect(await world.store.find(tenantId, 'github')).toMatchObject({ state: 'enabled', revision: 1 });
  });

  it('leaves a connection, its principal and its tokens, and nothing of the connect', async () => {
    const connection = await world.connect(tenantId, 'github');
    const id = 'connection_id' in connection ? connection.connection_id : '';
    expect(await world.itemsOf(tenantId)).toEqual([
      `T#${tenantId}#C connection#platform#github`,
      `T#${tenantId}#C principal#platform#github`,
      `T#${tenantId}#S#${id} tokens`,
    ]);
  });

  it('is in the activity of its place, as done by whoever began it', async () => {
    await world.connect(tenantId, 'github');
    const found = await world.store.find(tenantId, 'github');
    expect(await world.activityOf(tenantId, 'github')).toEqual(
      ['connection.connected', 'connection.created', 'connection.enabled'].map((action) =>
        expect.objectContaining({
          action,
          actor: 'tenant_admin:user-1',
          source: 'api',
          request_id: 'callback-1',
          connection_id: found?.connection_id,
        }),
      ),
    );
  });

  it('gives the connection a principal, whose key its creation names', async () => {
    const connection = await world.connect(tenantId, 'github');
    const created = (await world.activityOf(tenantId, 'github')).find(({ key_id }) => key_id !== undefined);
    expect(connection).toMatchObject({
      principal: {
        subject_id: `integration:${created?.connection_id}`,
        key_id: created?.key_id,
        action_keys: [],
      },
    });
  });

  it('records the scopes that were granted where they are fewer than those asked for', async () => {
    const url = new URL(await world.begin(tenantId, 'github', { scopes: ['read:user', 'read:org'] }));
    url.searchParams.set('scope', 'read:org');
    const connection = await world.callback('github', await decideAt(url.href, REDIRECT_URI));
    expect(connection).toMatchObject({
      authorization: { scopes_requested: ['read:user', 'read:org'], scopes_granted: ['read:org'] },
    });
  });

  it('proves with its verifier that the code is for us: the vendor refuses one that was asked for by another', async () => {
    const url = new URL(await world.begin(tenantId, 'github'));
    url.searchParams.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
    const back = await decideAt(url.href, REDIRECT_URI);
    expect(await outcomeOf(back)).toEqual(['connect.code_refused', []]);
    expect(github.tokenCalls.at(-1)?.fields['code_verifier']).toMatch(/^[\w-]{43}$/);
  });

  it('again renews the grant of the same connection, and does not change what its tenant chose', async () => {
    const first = await world.connect(tenantId, 'github');
    const found = await world.store.find(tenantId, 'github');
    if (!found) throw new Error('It is not there');
    const authorization = found.authorization && { ...found.authorization, status: 'needs_reauth' as const };
    await world.store.replace({
      ...found,
      state: 'disabled',
      config: { non_strict_signals: false },
      ...(authorization && { authorization }),
      revision: 2,
    });
    const second = await world.connect(tenantId, 'github');
    expect(second).toMatchObject({
      connection_id: 'connection_id' in first ? first.connection_id : '',
      state: 'disabled',
      config: { non_strict_signals: false },
      authorization: { status: 'granted' },
    });
    const actions = (await world.activityOf(tenantId, 'github')).map(({ action }) => action);
    expect(actions).toContain('connection.reconnected');
    expect(actions.filter((action) => action === 'connection.created')).toHaveLength(1);
  });

  it('enables a draft that had waited for it, and replaces the configuration when it brings one', async () => {
    const found = {
      connection_id: 'con_00000000000000000000000000',
      tenant_id: tenantId,
      connector_type: 'github',
      scope: 'platform' as const,
      state: 'draft' as const,
      config: {},
      secret_version: 0,
      secret_fields: {},
      health: UNKNOWN_HEALTH,
      revision: 1,
      created_at: new Date(START_MS).toISOString(),
      updated_at: new Date(START_MS).toISOString(),
    };
    await world.store.changes.create(changeOf(found));
    const input = { config: { non_strict_signals: false, unknown: 1 } };
    expect(await world.connect(tenantId, 'github', input)).toMatchObject({
      connection_id: found.connection_id,
      state: 'enabled',
      config: { non_strict_signals: false },
    });
    expect(await world.activityOf(tenantId, 'github')).toMatchObject([
      { action: 'connection.configured', changed: ['config.non_strict_signals'] },
      { action: 'connection.connected' },
      { action: 'connection.created' },
      { action: 'connection.enabled' },
    ]);
  });

  it('is undone by a revocation: its tokens are destroyed, and no grant is left to show', async () => {
    const connection = await world.connect(tenantId, 'github');
    expect(await world.revoke(tenantId, 'github')).toMatchObject({ state: 'revoked' });
    expect(connection).toHaveProperty('authorization');
    expect(await world.store.find(tenantId, 'github')).not.toHaveProperty('authorization');
    expect(await world.itemsOf(tenantId)).toEqual([
      `T#${tenantId}#C connection#platform#github`,
      `T#${tenantId}#C principal#platform#github`,
    ]);
  });

  it('makes the connection of the occasion that the connect was begun for, beside that of the platform', async () => {
    const scope = { scope: 'occasion', scope_id: 'summer-fair' } as const;
    const config = { non_strict_signals: false };
    const ofPlatform = await world.connect(tenantId, 'github', { config });
    const first = await world.connect(tenantId, 'github', scope);
    expect(first).toMatchObject({ ...scope, state: 'enabled', config: {}, principal: scope });
    // The connection of another account: only within one place must accounts stay apart.
    user.id = 1;
    const other = { scope: 'event', scope_id: 'summer-fair' } as const;
    expect(await world.connect(tenantId, 'github', other)).toMatchObject({ ...other, state: 'enabled' });
    expect(await world.connect(tenantId, 'github', scope)).toMatchObject({
      code: 'connect.account_mismatch',
    });
    user.id = 583231;
    const again = await world.connect(tenantId, 'github', scope);
    expect(again).toMatchObject({ connection_id: 'connection_id' in first ? first.connection_id : '' });
    expect(await world.store.find(tenantId, 'github')).toMatchObject({
      connection_id: 'connection_id' in ofPlatform ? ofPlatform.connection_id : '',
      scope: 'platform',
      config,
      revision: 1,
    });
  });

  it('makes another connection when the one before was revoked', async () => {
    const first = await world.connect(tenantId, 'github');
    const found = await world.store.find(tenantId, 'github');
    if (!found) throw new Error('It is not there');
    await world.store.replace({ ...found, state: 'revoked', revision: 2 });
    user.id = 1;
    const second = await world.connect(tenantId, 'github');
    expect(second).toMatchObject({ state: 'enabled', authorization: { account_id: '1' } });
    expect(second).not.toMatchObject({ connection_id: 'connection_id' in first ? first.connection_id : '' });
  });

  it('is refused for another account, so that data of two accounts never mix', async () => {
    await world.connect(tenantId, 'github');
    const before = await world.store.find(tenantId, 'github');
    user.id = 999;
    expect(await world.connect(tenantId, 'github')).toMatchObject({ code: 'connect.account_mismatch' });
    expect(await world.store.find(tenantId, 'github')).toEqual(before);
  });
});

describe('a state', () => {
  it('is worth nothing a second time', async () => {
    const url = await approved();
    expect(await world.callback('github', url)).toMatchObject({ state: 'enabled' });
    const items = await world.itemsOf(tenantId);
    expect(await outcomeOf(url)).toEqual(['connect.state_invalid', items]);
  });

  it('is worth something to one of two who come at the same instant', async () => {
    const url = await approved();
    const results = await Promise.all([world.callback('github', url), world.callback('github', url)]);
    expect(
      results.map((result) => codeOf(result)).filter((code) => code === 'connect.state_invalid'),
    ).toHaveLength(1);
  });

  it('is worth nothing ten minutes after, by our clock and before the table has expired it', async () => {
    const url = await approved();
    await world.clock.advance(TEN_MINUTES_MS);
    expect(await outcomeOf(url)).toEqual(['connect.state_expired', []]);
  });

  it('is worth something until then', async () => {
    const url = await approved();
    await world.clock.advance(TEN_MINUTES_MS - 1);
    expect(await world.callback('github', url)).toMatchObject({ state: 'enabled' });
  });

  it('of one provider is refused at another, and stays good at its own', async () => {
    const url = await approved();
    const [code] = await outcomeOf(url, 'slack');
    expect(code).toBe('connect.provider_mismatch');
    expect(await world.callback('github', url)).toMatchObject({ state: 'enabled' });
  });

  it('with another tenant in it is a state that was never given out', async () => {
    const url = await approved();
    const other = await world.tenant();
    const state = url.searchParams.get('state') ?? '';
    const foreign = new URL(url);
    foreign.searchParams.set('state', state.replace(/^[^.]*/, other.replaceAll('-', '')));
    expect(codeOf(await world.callback('github', foreign))).toBe('connect.state_invalid');
    expect(await world.itemsOf(other)).toEqual([]);
  });

  it.each([
    ['with a character changed', (state: string) => state.slice(0, -1) + (state.endsWith('A') ? 'B' : 'A')],
    ['cut short', (state: string) => state.slice(0, -1)],
    ['with something behind it', (state: string) => `${state}A`],
    ['that is only its tenant', (state: string) => state.slice(0, 33)],
    ['in capitals', (state: string) => state.toUpperCase()],
    ['made up', () => `${randomUUID().replaceAll('-', '')}.${'A'.repeat(43)}`],
  ])('%s is refused', async (_, change) => {
    const url = await approved();
    url.searchParams.set('state', change(url.searchParams.get('state') ?? ''));
    expect(codeOf(await world.callback('github', url))).toBe('connect.state_invalid');
  });

  it('is spent even when the vendor denied, and the user’s denial is told', async () => {
    const url = await decideAt(await world.begin(tenantId, 'github'), REDIRECT_URI, 'deny');
    expect(url.searchParams.get('error')).toBe('access_denied');
    expect(await outcomeOf(url)).toEqual(['connect.access_denied', []]);
  });

  it('with any other error of the vendor, or without a code, authorizes nothing', async () => {
    expect(await outcomeOf(await approved({ error: 'server_error' }))).toEqual([
      'connect.authorization_failed',
      [],
    ]);
    const without = await approved();
    without.searchParams.delete('code');
    expect(await outcomeOf(without)).toEqual(['connect.authorization_failed', []]);
  });
});

describe('a code', () => {
  it('that the vendor does not know is refused, and nothing is written', async () => {
    expect(await outcomeOf(await approved({ code: 'made-up' }))).toEqual(['connect.code_refused', []]);
  });

  it('cannot be exchanged under a secret that is wrong', async () => {
    const url = await approved();
    await world.setUpApp('github', 'wrong');
    expect(await outcomeOf(url)).toEqual(['connect.client_refused', []]);
  });

  it.each(['fail', 'lose'] as const)('is lost when the vendor does not answer (%s)', async (fate) => {
    const url = await approved();
    github.onToken = () => fate;
    expect(await outcomeOf(url)).toEqual(['connect.vendor_unavailable', []]);
  });

  it('is not even tried once the tenant is off the allowlist', async () => {
    const url = await approved();
    await world.store.setGate(tenantId, false);
    const calls = github.tokenCalls.length;
    expect(await outcomeOf(url)).toEqual(['tenant.integrations_disabled', []]);
    expect(github.tokenCalls).toHaveLength(calls);
  });
});

describe('the log', () => {
  it('says who was connected and why not, in ids and codes', async () => {
    await world.connect(tenantId, 'github');
    await world.callback('github', await approved({ code: 'made-up' }));
    const found = await world.store.find(tenantId, 'github');
    const line = { stage: 'connect', tenant_id: tenantId, connector_type: 'github' };
    expect(world.lines).toEqual([
      { ...line, outcome: 'connected', connection_id: found?.connection_id },
      { ...line, outcome: 'refused', code: 'connect.code_refused' },
    ]);
    expect(JSON.stringify(world.lines)).not.toContain(CLIENT.secret);
  });
});
