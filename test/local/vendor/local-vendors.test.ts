import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideAt } from '#local/vendor/browser.ts';
import { type LocalVendors, startLocalVendors, vendorNames } from '#local/vendor/local-vendors.ts';
import { vendorProfiles } from '#local/vendor/profiles.ts';

const BACK = 'http://127.0.0.1:4000/connect/hubspot/callback';
const CLIENT = { client_id: 'our-app', client_secret: 'local' };

let vendors: LocalVendors;
beforeAll(async () => {
  vendors = await startLocalVendors(vendorNames);
});
afterAll(() => vendors.close());

const hubspot = vendorProfiles.hubspot;

const authorizeUrl = (redirectUri = BACK) => {
  const url = new URL(`${vendors.urls['hubspot']}${hubspot.authorizePath}`);
  const query = {
    client_id: CLIENT.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    state: 'mine',
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
};

const ask = async (fields: Record<string, string>) => {
  const body = new URLSearchParams({ ...CLIENT, ...fields });
  const response = await fetch(`${vendors.urls['hubspot']}${hubspot.tokenPath}`, { method: 'POST', body });
  return { status: response.status, json: (await response.json()) as Record<string, string> };
};

const refresh = (refreshToken: string | undefined) =>
  ask({ grant_type: 'refresh_token', refresh_token: refreshToken ?? '' });

const granted = async () => {
  const back = await decideAt(authorizeUrl(), BACK);
  const code = back.searchParams.get('code') ?? '';
  return ask({ grant_type: 'authorization_code', code, redirect_uri: BACK });
};

const statusWith = async (accessToken: string | undefined) => {
  const [path] = Object.keys(hubspot.resources);
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await fetch(`${vendors.urls['hubspot']}${path}`, { headers })).status;
};

describe('a local vendor', () => {
  it('is there for every provider that is connected through OAuth, all on one port', () => {
    expect(vendorNames).toEqual(['github', 'google', 'hubspot', 'jira', 'pipedrive', 'slack', 'zoho']);
    const urls = Object.values(vendors.urls).map((url) => new URL(url));
    expect(new Set(urls.map(({ port }) => port)).size).toBe(1);
    expect(urls.map(({ pathname }) => pathname)).toEqual(vendorNames.map((name) => `/${name}`));
  });

  it('sends the user back with a code and the state, without a question, or with a denial', async () => {
    const back = await decideAt(authorizeUrl(), BACK);
    expect([back.searchParams.get('state'), back.searchParams.get('code')]).toEqual([
      'mine',
      expect.stringMatching(/^[\w-]{20,}$/),
    ]);
    const denied = await decideAt(authorizeUrl(), BACK, 'deny');
    expect(denied.searchParams.get('error')).toBe('access_denied');
  });

  it.each(['https://attacker.example/back', 'http://127.0.0.1.attacker.example/'])(
    'sends nobody to another machine: %s',
    async (uri) => {
      await expect(decideAt(authorizeUrl(uri), uri)).rejects.toThrow('answered 400');
    },
  );

  it('gives another refresh token at every use, and ends the grant when one comes a second time', async () => {
    const first = await granted();
    const second = await refresh(first.json['refresh_token']);
    expect(second.json['refresh_token']).not.toBe(first.json['refresh_token']);
    expect(await statusWith(second.json['access_token'])).toBe(200);
    const replayed = await refresh(first.json['refresh_token']);
    expect([replayed.status, replayed.json['error']]).toEqual([400, 'invalid_grant']);
    expect(await statusWith(second.json['access_token'])).toBe(401);
    expect(await refresh(second.json['refresh_token'])).toMatchObject({ status: 400 });
  });

  it('takes no access token that it has not given', async () => {
    const { json } = await granted();
    expect(await statusWith(json['access_token'])).toBe(200);
    for (const other of [undefined, 'made-up', json['refresh_token'], `${json['access_token']}x`]) {
      expect(await statusWith(other)).toBe(401);
    }
  });

  it('knows no vendor and no path beyond its own', async () => {
    const { origin } = new URL(vendors.urls['hubspot'] ?? '');
    for (const path of ['/', '/hubspot', '/trello/oauth/authorize', '/hubspot/user']) {
      expect((await fetch(`${origin}${path}`)).status).toBe(404);
    }
  });
});
