import { createLocalJWKSet, type JWTPayload } from 'jose';
import { makeUsers, type UsersDeps } from '#functions/api/authorize/users.ts';
import type { Signer } from './signer.ts';

export const ISSUER = 'https://issuer.example.com';
export const NOW_MS = Date.UTC(2030, 0, 1, 12);
export const USER_TENANT_ID = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const NOW_SECONDS = NOW_MS / 1000;

/** The claims of a tenant's admin, good for a minute, with what differs; `undefined` leaves one out. */
export const claims = (more: JWTPayload = {}): JWTPayload => ({
  iss: ISSUER,
  aud: 'crossdock',
  sub: 'person-1',
  exp: NOW_SECONDS + 60,
  'custom:tenant_id': USER_TENANT_ID,
  'cognito:groups': ['tenant_admin'],
  ...more,
});

/** Verifies users' tokens with the public keys of these signers. */
export const usersWith = (signers: readonly Signer[], more: Partial<UsersDeps> = {}) =>
  makeUsers({
    issuer: ISSUER,
    audiences: ['crossdock', 'console'],
    tenantClaim: 'custom:tenant_id',
    rolesClaim: 'cognito:groups',
    findKey: createLocalJWKSet({ keys: signers.map(({ publicJwk }) => publicJwk) }),
    now: () => NOW_MS,
    ...more,
  });
