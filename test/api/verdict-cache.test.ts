import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TravelClock, travelClock } from '../../local/travel-clock.ts';
import { startTestIssuer, type TestIssuer } from '../harness/issuer.ts';
import { type Api, startApi } from './start-api.ts';

const SECOND_MS = 1000;

let clock: TravelClock;
let issuer: TestIssuer;
let api: Api;
let asked = 0;
beforeAll(async () => {
  clock = travelClock();
  issuer = await startTestIssuer();
  api = await startApi({
    parameters: issuer.parameters,
    clock,
    onInvoke: ({ functionName }) => {
      if (functionName.includes('Authorize')) asked += 1;
    },
  });
});
afterAll(async () => {
  await api.stop();
  await issuer.stop();
});

const call = async (token: string, method: string, path: string, more: Record<string, string> = {}) => {
  const headers = { authorization: `Bearer ${token}`, ...more };
  const body = method === 'GET' ? undefined : { integrations_enabled: true };
  const { status, json } = await api.call(method, path, { headers, body });
  return status < 400 ? String(status) : `${status} ${json.code}`;
};

describe('a verdict that the gateway keeps', () => {
  it('answers for one route only: what may be read may not be written', async () => {
    const tenantId = randomUUID();
    const member = await issuer.sign(tenantId, { 'cognito:groups': ['tenant_member'] });
    const path = `/admin/tenants/${tenantId}`;
    for (let round = 0; round < 3; round += 1) {
      expect(await call(member, 'GET', '/connections')).toBe('200');
      expect(await call(member, 'POST', '/connections')).toBe('403 auth.forbidden');
      expect(await call(member, 'GET', path)).toBe('403 auth.forbidden');
      expect(await call(member, 'PUT', path)).toBe('403 auth.forbidden');
    }
  });

  it('answers for one tenant only, in whichever order tenants are named', async () => {
    const [own, other] = [randomUUID(), randomUUID()];
    const admin = await issuer.sign(own);
    const naming = (tenantId: string) => call(admin, 'GET', '/connections', { 'x-tenant-id': tenantId });
    for (let round = 0; round < 3; round += 1) {
      expect(await naming(own)).toBe('200');
      expect(await naming(other)).toBe('403 tenant.foreign');
      expect(await call(admin, 'GET', '/connections')).toBe('200');
      expect(await naming('nonsense')).toBe('400 tenant.malformed');
    }
  });

  it('is one per token: two people of two tenants never meet', async () => {
    const people = await Promise.all(
      [randomUUID(), randomUUID()].map(async (tenantId) => ({
        tenantId,
        token: await issuer.sign(tenantId),
      })),
    );
    for (let round = 0; round < 3; round += 1) {
      for (const { tenantId, token } of people) {
        for (const named of people) {
          const answer = await call(token, 'GET', '/connections', { 'x-tenant-id': named.tenantId });
          expect(answer).toBe(named.tenantId === tenantId ? '200' : '403 tenant.foreign');
        }
      }
    }
  });

  it('is kept: the authorizer is asked once per token and route', async () => {
    const token = await issuer.sign(randomUUID());
    const before = asked;
    for (let round = 0; round < 5; round += 1) expect(await call(token, 'GET', '/connections')).toBe('200');
    expect(asked - before).toBe(1);
  });

  it('ends with the token, before the gateway forgets it', async () => {
    const nowSeconds = Math.floor(clock.now() / SECOND_MS);
    const token = await issuer.sign(randomUUID(), { exp: nowSeconds + 20 });
    expect(await call(token, 'GET', '/connections')).toBe('200');
    const before = asked;
    await clock.advance(30 * SECOND_MS);
    expect(await call(token, 'GET', '/connections')).toBe('401 auth.token_expired');
    expect(asked).toBe(before);
    await clock.advance(60 * SECOND_MS);
    expect(await call(token, 'GET', '/connections')).toBe('401 auth.token_expired');
    expect(asked).toBe(before + 1);
  });
});
