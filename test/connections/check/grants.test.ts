import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isOAuth } from '#functions/connections/oauth/vendor.ts';
import { connectors } from '#functions/connectors/all.ts';
import type { VendorProfile } from '#local/vendor/profile.ts';
import { type ConnectServices, startConnectServices } from '../../harness/connect-world.ts';
import { connectedTo, profileOf } from '../../harness/vendor-world.ts';
import { CLIENT, type OidcVendor } from '../../simulators/oidc-vendor.ts';

const HOUR_MS = 3_600_000;
const PEOPLE = /Ada|example\.com/;

let services: ConnectServices;
const vendors: OidcVendor[] = [];
beforeAll(async () => {
  services = await startConnectServices();
});
afterEach(async () => {
  for (const vendor of vendors.splice(0)) await vendor.close();
});
afterAll(() => services.close());

const connected = async (type: string, told: Partial<VendorProfile> = {}) => {
  const made = await connectedTo(services, type, told);
  vendors.push(made.vendor);
  return made;
};

const degraded = (detail: string) => ({
  status: 'degraded',
  reasons: [{ code: 'check_failed', detail }],
});

const resourcesOf = (type: string) => profileOf(type).resources;

const types = connectors.filter(isOAuth).map(({ type }) => type);

describe.each(types)('testing a connection to %s', (type) => {
  it('passes with a live grant, changes nothing at the vendor, and shows nothing that the vendor told', async () => {
    const { vendor, world, check, stored, connection } = await connected(type);
    const before = vendor.tokenCalls.length;
    const result = await check();
    expect(result).toMatchObject({ status: 'ok', reasons: [], diagnostics: { http_status: 200 } });
    const known = connection.authorization?.account_id !== undefined;
    expect(result).toMatchObject({ diagnostics: known ? { account_matches: true } : {} });
    expect([vendor.tokenCalls.length, vendor.revocations.length]).toEqual([before, 0]);
    expect((await stored()).health).toMatchObject({ status: 'ok', checked_at: expect.any(String) });
    const shown = JSON.stringify([result, world.lines, (await stored()).health]);
    for (const canary of [...vendor.tokens, CLIENT.secret]) expect(shown).not.toContain(canary);
    expect(shown).not.toMatch(PEOPLE);
  });

  it('tells a token that is refused from a vendor that is down, lost or silent', async () => {
    const { vendor, check, stored, done } = await connected(type, {
      refusal: { status: 401, json: { error: 'Ada has left' } },
    });
    vendor.onCall = () => 'fail';
    expect(await check()).toMatchObject(degraded('http_503'));
    vendor.onCall = () => 'lose';
    expect(await check()).toMatchObject(degraded('reset'));
    vendor.onCall = () => 'hang';
    expect(await check()).toMatchObject(degraded('headers_timeout'));
    vendor.onCall = () => 'answer';
    await vendor.end();
    const refused = await check();
    expect(refused).toMatchObject({ ...degraded('token_refused'), diagnostics: { http_status: 401 } });
    expect(JSON.stringify(refused)).not.toMatch(PEOPLE);
    expect((await stored()).health).toMatchObject(degraded('token_refused'));
    expect((await stored()).authorization?.status).toBe('granted');
    const codes = (await done('connection.tested')).map(({ code }) => code);
    expect(codes.toSorted()).toEqual(['headers_timeout', 'http_503', 'reset', 'token_refused']);
  });

  it('knows the vendor’s own way to refuse a token', async () => {
    const { vendor, check } = await connected(type);
    await vendor.end();
    expect(await check()).toMatchObject(degraded('token_refused'));
  });

  it('renews a token that has expired, once, and asks with the new one', async () => {
    const { vendor, world, check } = await connected(type);
    await world.clock.advance(HOUR_MS);
    const results = [await check(), await check()];
    expect(results).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
    const refreshes = vendor.tokenCalls.filter(({ fields }) => fields['grant_type'] === 'refresh_token');
    expect(refreshes).toHaveLength(1);
  });

  it('finds a grant that the vendor refuses to renew, and leaves the connection marked', async () => {
    const { vendor, world, check, stored, done } = await connected(type);
    await vendor.end();
    await world.clock.advance(HOUR_MS);
    expect(await check()).toMatchObject({
      status: 'degraded',
      reasons: [{ code: 'needs_reauth', field: 'authorization' }],
      diagnostics: {},
    });
    expect(await stored()).toMatchObject({
      state: 'enabled',
      authorization: { status: 'needs_reauth' },
      health: { status: 'degraded', checked_at: expect.any(String) },
    });
    expect(await done('connection.tested')).toMatchObject([{ code: 'needs_reauth' }]);
    expect(await done('connection.needs_reauth')).toHaveLength(1);
    expect(await check()).toMatchObject({ code: 'connection.invalid' });
  });
});

describe('the owner of a grant', () => {
  it.each([
    ['github', { '/user': { id: 1 } }],
    ['hubspot', { '/account-info/2026-09/details': { portalId: 1 } }],
    ['pipedrive', { '/api/v1/users/me': { data: { company_id: 1 } } }],
    ['slack', { '/api/auth.test': { ok: true, team_id: 'T9' } }],
    ['google', { '/tokeninfo': { sub: 'grace', scope: 'openid' } }],
    ['jira', { '/oauth/token/accessible-resources': [{ id: 'cloud-9' }] }],
    ['jira', { '/oauth/token/accessible-resources': [] }],
  ])('that is another one degrades a connection to %s: %j', async (type, resources) => {
    const told = { ...resourcesOf(type) };
    const { check } = await connected(type, { resources: told });
    Object.assign(told, resources);
    expect(await check()).toMatchObject({
      ...degraded('account_mismatch'),
      diagnostics: { account_matches: false },
    });
  });

  it('is not judged where the vendor does not say who it is', async () => {
    const told = { ...resourcesOf('github') };
    const { check } = await connected('github', { resources: told });
    Object.assign(told, { '/user': { login: 'ada' } });
    const result = await check();
    expect(result).toMatchObject({ status: 'ok' });
    expect(result).not.toHaveProperty('diagnostics.account_matches');
  });
});

describe('scopes', () => {
  it('that a connector cannot do without and the vendor does not list are named; others are not', async () => {
    const told = { ...resourcesOf('google') };
    const { check } = await connected('google', { resources: told });
    Object.assign(told, { '/tokeninfo': { sub: 'ada', scope: 'profile Ada' } });
    const result = await check();
    expect(result).toMatchObject({
      ...degraded('scopes_missing'),
      diagnostics: { scopes_missing: 'openid' },
    });
    expect(JSON.stringify(result)).not.toMatch(PEOPLE);
  });

  it('that a token of Zoho lacks for the question do not make it a bad token', async () => {
    const { vendor, check } = await connected('zoho', {
      refusal: { status: 401, json: { code: 'OAUTH_SCOPE_MISMATCH' } },
    });
    await vendor.end();
    expect(await check()).toMatchObject({ status: 'ok', diagnostics: { http_status: 401 } });
  });
});

describe('a vendor that throttles', () => {
  it('has not refused the token, though it says 403', async () => {
    const refusal = { status: 403, json: {}, headers: { 'x-ratelimit-remaining': '0' } };
    const { vendor, check } = await connected('github', { refusal });
    await vendor.end();
    expect(await check()).toMatchObject(degraded('http_403'));
  });

  it.each([
    [200, { ok: false, error: 'internal_error' }, 'unexpected_answer'],
    [429, {}, 'http_429'],
    [404, {}, 'http_404'],
    [403, {}, 'token_refused'],
  ])('or is out of order says %d %j: %s', async (status, json, code) => {
    const { vendor, check } = await connected('slack', { refusal: { status, json } });
    await vendor.end();
    expect(await check()).toMatchObject(degraded(code));
  });
});
