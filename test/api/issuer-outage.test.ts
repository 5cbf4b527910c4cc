import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TravelClock, travelClock } from '../../local/travel-clock.ts';
import { startTestCloud, type TestCloud } from '../harness/cloud.ts';
import { type KeyServer, startKeyServer } from '../harness/key-server.ts';
import { makeSigner, type Signer } from '../harness/signer.ts';

const tenantId = randomUUID();

let clock: TravelClock;
let signer: Signer;
let keys: KeyServer;
let cloud: TestCloud;
beforeAll(async () => {
  clock = travelClock();
  signer = await makeSigner('EdDSA');
  keys = await startKeyServer([signer]);
  const parameters = { OidcIssuer: keys.url, OidcAudience: 'crossdock' };
  cloud = await startTestCloud({ parameters, clock });
});
afterAll(async () => {
  await cloud.stop();
  await keys.stop();
});

const tokenBy = (by: Signer) =>
  by.sign({
    iss: keys.url,
    aud: 'crossdock',
    sub: 'person-1',
    exp: Math.floor(clock.now() / 1000) + 3000,
    'custom:tenant_id': tenantId,
    'cognito:groups': ['tenant_member'],
  });
const call = (authorization?: string) =>
  cloud.call('GET', '/connections', {
    headers: { 'x-tenant-id': tenantId, ...(authorization ? { authorization } : {}) },
  });

describe('while the issuer cannot be reached', () => {
  it("a user's token is neither good nor bad, an operator's is good, and the end of it is noticed at once", async () => {
    keys.instead = (_path, response) => response.writeHead(503).end();
    const token = `Bearer ${await tokenBy(signer)}`;
    const { status, text } = await call(token);
    expect([status, text]).toEqual([500, '{"message":"Internal Server Error"}']);
    expect((await call()).status).toBe(200);
    expect((await call('Bearer nonsense')).status).toBe(401);
    expect(cloud.logs.join('\n')).toContain('IssuerUnavailable');
    expect(cloud.logs.join('\n')).not.toContain(token.slice(-40));

    keys.instead = undefined;
    await clock.advance(1500);
    expect((await call(token)).status).toBe(200);
  });

  it('a user whose key is known goes on calling', async () => {
    keys.instead = (_path, response) => response.writeHead(503).end();
    await clock.advance(20 * 60_000);
    expect((await call(`Bearer ${await tokenBy(signer)}`)).status).toBe(200);
    keys.instead = undefined;
  });
});

describe('a key that the issuer changes', () => {
  it('counts without a deployment, and the old one counts no more', async () => {
    const next = await makeSigner('EdDSA', 'next');
    const before = `Bearer ${await tokenBy(signer)}`;
    keys.publish = [next];
    await clock.advance(60_000);
    expect((await call(`Bearer ${await tokenBy(next)}`)).status).toBe(200);
    const { status, json } = await call(before);
    expect([status, json.code]).toEqual([401, 'auth.token_invalid']);
  });
});
