import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isOAuth } from '#functions/connections/oauth/vendor.ts';
import { connectors } from '#functions/connectors/all.ts';
import { vendorProfiles } from '#local/vendor/profiles.ts';
import type { Fate } from '#local/vendor/server.ts';
import { type ConnectServices, startConnectServices } from '../../harness/connect-world.ts';
import { connectedTo, profileOf } from '../../harness/vendor-world.ts';
import { CLIENT, type OidcVendor } from '../../simulators/oidc-vendor.ts';

let services: ConnectServices;
const vendors: OidcVendor[] = [];
beforeAll(async () => {
  services = await startConnectServices();
});
afterEach(async () => {
  for (const vendor of vendors.splice(0)) await vendor.close();
});
afterAll(() => services.close());

const connected = async (type: string) => {
  const made = await connectedTo(services, type);
  vendors.push(made.vendor);
  return {
    ...made,
    async left() {
      const items = await made.world.itemsOf(made.tenantId);
      return items.filter((item) => item.includes('#S#'));
    },
  };
};

/** What the vendor says to the first of its access tokens, asked as anybody could. */
const statusAt = async (type: string, { url, tokens }: OidcVendor): Promise<number> => {
  const { resources = {}, scheme = 'Bearer' } = profileOf(type);
  const [path = ''] = Object.keys(resources);
  const response = await fetch(`${url}${path}`, { headers: { authorization: `${scheme} ${tokens[0]}` } });
  const text = await response.text();
  return text.includes('invalid_auth') ? 401 : response.status;
};

const revocable = connectors.filter(isOAuth).filter(({ oauth }) => oauth.revocation);

describe('a connector that can end a grant', () => {
  it('is every one but Jira’s, whose vendor has no call for it', () => {
    expect(revocable.map(({ type }) => type)).toEqual([
      'github',
      'google',
      'hubspot',
      'pipedrive',
      'slack',
      'zoho',
    ]);
    const atVendors = Object.entries(vendorProfiles).filter(([, profile]) => 'revocation' in profile);
    expect(atVendors.map(([type]) => type)).toEqual(revocable.map(({ type }) => type));
  });
});

describe.each(revocable)('revoking a connection to $type', ({ type }) => {
  it('asks the vendor once, which knows the tokens no more, and destroys ours', async () => {
    const { vendor, revoke, left, done, world } = await connected(type);
    expect(await statusAt(type, vendor)).toBe(200);
    expect(await revoke()).toMatchObject({ state: 'revoked' });
    expect(vendor.revocations).toHaveLength(1);
    expect([400, 401]).toContain(await statusAt(type, vendor));
    expect(await left()).toEqual([]);
    expect((await done('connection.revoked')).map(({ code }) => code)).toEqual([undefined]);
    expect(world.lines).toContainEqual(expect.objectContaining({ stage: 'revoke', outcome: 'grant_ended' }));
    const shown = JSON.stringify([world.lines, await done('connection.revoked')]);
    for (const canary of [...vendor.tokens, CLIENT.secret]) expect(shown).not.toContain(canary);
  });

  it.each([
    ['fail', 'http_503'],
    ['lose', 'reset'],
    ['hang', 'headers_timeout'],
  ] as const)('works when the vendor would %s, and says so: %s', async (fate, code) => {
    const { vendor, revoke, left, done, world } = await connected(type);
    vendor.onCall = () => fate;
    expect(await revoke()).toMatchObject({ state: 'revoked' });
    expect(vendor.revocations).toHaveLength(1);
    expect(await left()).toEqual([]);
    expect(await done('connection.revoked')).toMatchObject([{ code }]);
    expect(world.lines).toContainEqual(
      expect.objectContaining({ stage: 'revoke', outcome: 'grant_left', code }),
    );
  });
});

describe('revoking', () => {
  it('at a vendor without a call for it says that the grant is left there', async () => {
    const { vendor, revoke, left, done } = await connected('jira');
    expect(await revoke()).toMatchObject({ state: 'revoked' });
    expect(await left()).toEqual([]);
    expect(await statusAt('jira', vendor)).toBe(200);
    expect(await done('connection.revoked')).toMatchObject([{ code: 'vendor_has_no_revocation' }]);
  });

  it('a second time asks no vendor', async () => {
    const { vendor, revoke } = await connected('github');
    await revoke();
    expect(await revoke()).toMatchObject({ state: 'revoked' });
    expect(vendor.revocations).toHaveLength(1);
  });

  it('stands though the connection is marked meanwhile by a worker that is refused a refresh', async () => {
    const { vendor, revoke, stored, world, left } = await connected('hubspot');
    vendor.onCall = async (): Promise<Fate> => {
      const found = await stored();
      await world.store.replace({ ...found, revision: found.revision + 1 });
      return 'answer';
    };
    expect(await revoke()).toMatchObject({ state: 'revoked' });
    expect(vendor.revocations).toHaveLength(1);
    expect(await left()).toEqual([]);
  });

  it('leaves alone the connection that another has put in the place of the revoked one', async () => {
    const { vendor, revoke, stored, world, tenantId } = await connected('github');
    vendor.onCall = async ({ kind }): Promise<Fate> => {
      if (kind !== 'revocation' || vendor.revocations.length > 1) return 'answer';
      await world.revoke(tenantId, 'github');
      await world.connect(tenantId, 'github');
      return 'answer';
    };
    expect(await revoke()).toMatchObject({ code: 'connection.write_conflict' });
    expect((await stored()).state).toBe('enabled');
  });

  it('works, and says that nobody was asked, when our own app there is not set up any more', async () => {
    const { vendor, revoke, world, left, done } = await connected('github');
    await world.forgetApp('github');
    expect(await revoke()).toMatchObject({ state: 'revoked' });
    expect([vendor.revocations.length, await left()]).toEqual([0, []]);
    expect(await done('connection.revoked')).toMatchObject([{ code: 'provider_not_set_up' }]);
  });

  it('works when the tokens cannot be opened', async () => {
    const { vendor, revoke, world, stored, left, done } = await connected('github');
    await world.garbleTokens(await stored());
    expect(await revoke()).toMatchObject({ state: 'revoked' });
    expect([vendor.revocations.length, await left()]).toEqual([0, []]);
    expect(await done('connection.revoked')).toMatchObject([{ code: 'revocation_failed' }]);
  });
});
