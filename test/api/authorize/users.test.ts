import type { JWTPayload } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeSigner, type Signer } from '../../harness/signer.ts';
import { claims, ISSUER, NOW_MS, USER_TENANT_ID, usersWith } from '../../harness/users.ts';

let rsa: Signer;
let ec: Signer;
let ed: Signer;
beforeAll(async () => {
  [rsa, ec, ed] = await Promise.all([makeSigner('RS256'), makeSigner('ES256'), makeSigner('EdDSA')]);
});

const verdictOn = async (more: JWTPayload, now = NOW_MS) =>
  usersWith([ec], { now: () => now })(await ec.sign(claims(more)));
const codeOn = async (more: JWTPayload, now = NOW_MS) => {
  const verdict = await verdictOn(more, now);
  return 'code' in verdict ? verdict.code : verdict.caller;
};

describe("a user's token", () => {
  it('is known by RS256, ES256 and EdDSA, and says who for which tenant, by which right, and until when', async () => {
    for (const signer of [rsa, ec, ed]) {
      expect(await usersWith([rsa, ec, ed])(await signer.sign(claims()))).toEqual({
        caller: 'user',
        subject: 'person-1',
        role: 'tenant_admin',
        tenantId: USER_TENANT_ID,
        expiresAtMs: NOW_MS + 65_000,
      });
    }
  });

  it.each([
    [['tenant_member'], 'tenant_member'],
    [['tenant_member', 'tenant_admin'], 'tenant_admin'],
    [['tenant_admin', 'super_admin', 'tenant_member'], 'super_admin'],
    [['staff', 'tenant_member'], 'tenant_member'],
    ['tenant_admin', 'tenant_admin'],
    ['openid tenant_member', 'tenant_member'],
  ])('with the roles %j counts as %s, the strongest', async (groups, role) => {
    expect(await verdictOn({ 'cognito:groups': groups })).toMatchObject({ caller: 'user', role });
  });

  it.each([
    undefined,
    null,
    [],
    'staff',
    ['TENANT_ADMIN'],
    [['tenant_admin']],
    { 0: 'tenant_admin' },
    1,
    true,
  ])('with the roles %j has none', async (groups) => {
    expect(await codeOn({ 'cognito:groups': groups })).toBe('auth.role_missing');
  });

  it.each([
    undefined,
    null,
    '',
    'acme',
    '*',
    [USER_TENANT_ID],
    `${USER_TENANT_ID} `,
    `${USER_TENANT_ID}#C`,
    { id: USER_TENANT_ID },
  ])('with the tenant %j is of no tenant', async (tenantId) => {
    for (const role of ['tenant_admin', 'tenant_member']) {
      const more = { 'custom:tenant_id': tenantId, 'cognito:groups': [role] };
      expect(await codeOn(more)).toBe('auth.tenant_unknown');
    }
  });

  it('names its tenant in lower case, as it stands in every key', async () => {
    expect(await verdictOn({ 'custom:tenant_id': USER_TENANT_ID.toUpperCase() })).toMatchObject({
      tenantId: USER_TENANT_ID,
    });
  });

  it('of a super_admin needs no tenant and is bound to none', async () => {
    for (const tenantId of [undefined, 'acme', USER_TENANT_ID]) {
      const more = { 'custom:tenant_id': tenantId, 'cognito:groups': ['super_admin'] };
      expect(await verdictOn(more)).toMatchObject({ role: 'super_admin', tenantId: '' });
    }
  });

  it('is read by the claims that the deployment names', async () => {
    const users = usersWith([ec], { tenantClaim: 'https://example.com/org', rolesClaim: 'roles' });
    const own = { 'https://example.com/org': USER_TENANT_ID, roles: ['tenant_member'] };
    expect(await users(await ec.sign(claims({ ...own, 'cognito:groups': ['super_admin'] })))).toMatchObject({
      role: 'tenant_member',
    });
    expect(await users(await ec.sign(claims()))).toMatchObject({ code: 'auth.role_missing' });
  });

  it('never brings an e-mail address along: it is hashed, and always to the same', async () => {
    const [one, again, other] = await Promise.all(
      ['jo@example.com', 'jo@example.com', 'mo@example.com'].map((sub) => verdictOn({ sub })),
    );
    expect(JSON.stringify(one)).not.toContain('example.com');
    expect(one).toMatchObject({ subject: expect.stringMatching(/^sub_[0-9a-z]{26}$/) });
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });
});

describe('the audience', () => {
  it.each([
    { aud: 'crossdock' },
    { aud: 'console' },
    { aud: ['elsewhere', 'console'] },
    { aud: 'crossdock', token_use: 'id' },
    { aud: undefined, token_use: 'access', client_id: 'console' },
  ])('may be ours in this way: %j', async (more) => {
    expect(await codeOn(more)).toBe('user');
  });

  it.each([
    { aud: undefined },
    { aud: 'elsewhere' },
    { aud: [] },
    { aud: 'crossdock,console' },
    { aud: 'CROSSDOCK' },
    { aud: undefined, client_id: 'console' },
    { aud: undefined, token_use: 'id', client_id: 'console' },
    { aud: undefined, token_use: 'access', client_id: ['elsewhere'] },
    { aud: 'elsewhere', token_use: 'access', client_id: 'console' },
  ])('is not ours in this way: %j', async (more) => {
    expect(await codeOn(more)).toBe('auth.token_invalid');
  });
});

describe('the time of a token', () => {
  const seconds = NOW_MS / 1000;

  it('ends it, up to five seconds of which the clocks may differ', async () => {
    expect(await codeOn({ exp: seconds - 4 })).toBe('user');
    expect(await codeOn({ exp: seconds - 5 })).toBe('auth.token_expired');
    expect(await codeOn({ exp: seconds - 86_400 })).toBe('auth.token_expired');
  });

  it('begins it, up to five seconds of which the clocks may differ', async () => {
    expect(await codeOn({ nbf: seconds + 5 })).toBe('user');
    expect(await codeOn({ nbf: seconds + 6 })).toBe('auth.token_invalid');
  });

  it('is told by the same moment in verdict and refusal', async () => {
    const verdict = await verdictOn({});
    const endsAtMs = verdict.caller === 'user' ? verdict.expiresAtMs : 0;
    expect(await codeOn({}, endsAtMs - 1000)).toBe('user');
    expect(await codeOn({}, endsAtMs)).toBe('auth.token_expired');
  });

  it('must be stated', async () => {
    for (const exp of [undefined, '2100-01-01', null]) {
      const unsound = { ...claims(), exp } as unknown as JWTPayload;
      expect(await usersWith([ec])(await ec.sign(unsound))).toMatchObject({ code: 'auth.token_invalid' });
    }
  });
});

describe('the issuer', () => {
  it.each([undefined, '', `${ISSUER}/`, `${ISSUER}.evil.example`, 'http://issuer.example.com'])(
    'is exactly the one that the deployment names, and not %j',
    async (iss) => {
      expect(await codeOn({ iss })).toBe('auth.token_invalid');
    },
  );

  it.each([undefined, '', 'a b', 'x'.repeat(256), 'né'])(
    'must say of whom it speaks, and not by %j',
    async (sub) => {
      expect(await codeOn({ sub })).toBe('auth.token_invalid');
    },
  );
});
