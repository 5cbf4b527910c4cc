import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_SECRET, type Issuer, startIssuer } from '../../../local/oidc/issuer.ts';
import { sampleUsers, signInLines } from '../../../local/oidc/sample-users.ts';

const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer({ users: sampleUsers(TENANT) });
});
afterAll(() => issuer.stop());

const signIn = (clientId: string, secret: string) =>
  fetch(`${issuer.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
    }),
  });

describe('the local issuer', () => {
  it.each(sampleUsers(TENANT))('gives $clientId a token that its discovered keys verify', async (user) => {
    const response = await signIn(user.clientId, CLIENT_SECRET);
    const { access_token } = (await response.json()) as { readonly access_token: string };
    const discovered = await fetch(`${issuer.url}/.well-known/openid-configuration`);
    const { jwks_uri } = (await discovered.json()) as { readonly jwks_uri: string };
    const { payload } = await jwtVerify(access_token, createRemoteJWKSet(new URL(jwks_uri)), {
      issuer: issuer.url,
      audience: issuer.audience,
    });
    expect(payload).toMatchObject({ sub: user.clientId, 'cognito:groups': user.roles });
    expect(payload['custom:tenant_id']).toBe(user.tenantId);
    expect(decodeJwt(access_token).exp).toBeGreaterThan(Date.now() / 1000);
  });

  it('gives nobody else one', async () => {
    expect((await signIn('tenant_admin', 'wrong')).status).toBe(401);
    expect((await signIn('stranger', CLIENT_SECRET)).status).toBe(401);
  });

  it('is described by lines that can be typed', () => {
    const text = signInLines(issuer, TENANT).join('\n');
    expect(text).toContain(`curl -s ${issuer.url}/token -d grant_type=client_credentials`);
    for (const { clientId } of sampleUsers(TENANT)) expect(text).toContain(`client_id=${clientId}`);
  });
});
