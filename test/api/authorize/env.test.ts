import { describe, expect, it } from 'vitest';
import { Env } from '#functions/api/authorize/env.ts';

const SOUND = {
  OPERATOR_TOKEN_HASHES: '',
  OIDC_ISSUER: 'https://issuer.example.com/tenant',
  OIDC_AUDIENCE: 'crossdock',
  OIDC_TENANT_CLAIM: 'custom:tenant_id',
  OIDC_ROLES_CLAIM: 'cognito:groups',
  LOOPBACK_DESTINATIONS: 'refuse',
};
const faultsOf = (more: Partial<typeof SOUND>) =>
  Env.safeParse({ ...SOUND, ...more }).error?.issues.map(({ path }) => path.join('.')) ?? [];

describe("the authorizer's environment", () => {
  it('takes several operator tokens and several audiences', () => {
    const hashes = ['a', 'b'].map((letter) => letter.repeat(64));
    const env = Env.parse({ ...SOUND, OPERATOR_TOKEN_HASHES: hashes.join(','), OIDC_AUDIENCE: 'one, two' });
    expect([env.OPERATOR_TOKEN_HASHES, env.OIDC_AUDIENCE]).toEqual([hashes, ['one', 'two']]);
  });

  it('takes an issuer on this machine only where loopback destinations are allowed', () => {
    for (const issuer of ['http://127.0.0.1:9000', 'http://localhost:9000', 'http://[::1]:9000']) {
      expect(faultsOf({ OIDC_ISSUER: issuer })).toEqual(['OIDC_ISSUER']);
      expect(faultsOf({ OIDC_ISSUER: issuer, LOOPBACK_DESTINATIONS: 'allow' })).toEqual([]);
    }
  });

  it.each([
    '',
    'issuer.example.com',
    'http://issuer.example.com',
    'https://10.0.0.1',
    'https://169.254.169.254',
    'https://user:password@issuer.example.com',
    'https://issuer.example.com?tenant=1',
    'https://issuer.example.com#tenant',
  ])('refuses the issuer %j', (issuer) => {
    for (const LOOPBACK_DESTINATIONS of ['allow', 'refuse'])
      expect(faultsOf({ OIDC_ISSUER: issuer, LOOPBACK_DESTINATIONS })).toEqual(['OIDC_ISSUER']);
  });

  it.each(['', ' ', ','])('refuses no audience: %j', (audience) => {
    expect(faultsOf({ OIDC_AUDIENCE: audience })).toEqual(['OIDC_AUDIENCE']);
  });

  it('repeats no value in what it says', () => {
    const { error } = Env.safeParse({ ...SOUND, OPERATOR_TOKEN_HASHES: 'canary', OIDC_ISSUER: 'canary' });
    expect(error?.message).not.toContain('canary');
  });
});
