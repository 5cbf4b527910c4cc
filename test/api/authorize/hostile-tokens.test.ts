import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { exportSPKI, importJWK, type JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { forged, makeSigner, type Signer } from '../../harness/signer.ts';
import { claims, usersWith } from '../../harness/users.ts';

let signer: Signer;
let rsa: Signer;
let stranger: Signer;
beforeAll(async () => {
  signer = await makeSigner('ES256', 'key-1');
  rsa = await makeSigner('RS256', 'key-2');
  stranger = await makeSigner('ES256', 'key-1');
});

const INVALID = { caller: 'unknown', code: 'auth.token_invalid' };
const verdictOn = (token: string) => usersWith([signer, rsa])(token);

const hmac = (header: object, secret: string | Buffer): string => {
  const unsigned = forged(header, claims()).slice(0, -1);
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
};

describe('a hostile token', () => {
  it('is not known without a signature, however it spells none', async () => {
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', undefined, null]) {
      for (const signature of ['', 'AA', (await signer.sign(claims())).split('.')[2]]) {
        expect(await verdictOn(forged({ alg, kid: 'key-1' }, claims(), signature))).toEqual(INVALID);
      }
    }
  });

  it('is not known by an HMAC with the public key for a secret', async () => {
    const publicKey = await importJWK(rsa.publicJwk, 'RS256', { extractable: true });
    const pem = publicKey instanceof Uint8Array ? '' : await exportSPKI(publicKey);
    const secrets = [pem, pem.trim(), JSON.stringify(rsa.publicJwk), String(rsa.publicJwk.n), ''];
    for (const alg of ['HS256', 'HS384', 'HS512', 'RS256']) {
      for (const secret of secrets)
        expect(await verdictOn(hmac({ alg, kid: 'key-2' }, secret))).toEqual(INVALID);
    }
  });

  it('is not known by a shared secret, even one that the issuer publishes by mistake', async () => {
    const secret = Buffer.alloc(32, 7);
    const jwk: JWK = { kty: 'oct', k: secret.toString('base64url'), kid: 'shared', alg: 'HS256' };
    const users = usersWith([{ ...signer, publicJwk: jwk }]);
    expect(await users(hmac({ alg: 'HS256', kid: 'shared' }, secret))).toEqual(INVALID);
  });

  it('is not known by an algorithm that is not on the list, though the key is', async () => {
    for (const alg of ['RS512', 'PS256', 'ES512']) {
      const other = await makeSigner(alg);
      expect(await usersWith([other])(await other.sign(claims()))).toEqual(INVALID);
    }
  });

  it('is not known by a key that has the name of ours', async () => {
    expect(await verdictOn(await stranger.sign(claims()))).toEqual(INVALID);
  });

  it('is not known by a key that it brings along or points to', async () => {
    const brought = { jwk: stranger.publicJwk };
    const pointing = { jku: 'https://evil.example/jwks', x5u: 'https://evil.example/cert' };
    const certificate = { x5c: ['MIIB'] };
    for (const header of [brought, pointing, certificate]) {
      expect(await verdictOn(await stranger.sign(claims(), header))).toEqual(INVALID);
    }
  });

  it.each(['key-3', '', '../key-1', "key-1' OR '1'='1", '__proto__', 'constructor', 'key-1\u0000', '*'])(
    'is not known by a key named %j',
    async (kid) => {
      expect(await verdictOn(await signer.sign(claims(), { kid }))).toEqual(INVALID);
    },
  );

  it('is not known when its key is named by something that is no text', async () => {
    for (const kid of [['key-1'], { toString: 'key-1' }, 1, null, true]) {
      const [, body, signature] = (await signer.sign(claims())).split('.');
      const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid })).toString('base64url');
      expect(await verdictOn(`${header}.${body}.${signature}`)).toEqual(INVALID);
    }
  });

  it('is not known when it asks for an extension that we do not have', async () => {
    const [, body, signature] = (await signer.sign(claims())).split('.');
    const header = { alg: 'ES256', kid: 'key-1', crit: ['exp'], exp: 1 };
    const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
    expect(await verdictOn(`${encoded}.${body}.${signature}`)).toEqual(INVALID);
  });

  it('is not known when other claims stand under its signature', async () => {
    const [header, , signature] = (await signer.sign(claims())).split('.');
    const more = claims({ 'cognito:groups': ['super_admin'] });
    const body = Buffer.from(JSON.stringify(more)).toString('base64url');
    expect(await verdictOn(`${header}.${body}.${signature}`)).toEqual(INVALID);
  });

  it('is not known when its claims are no object', async () => {
    for (const body of [[], 'text', 1, null, true]) {
      expect(await verdictOn(forged({ alg: 'ES256', kid: 'key-1' }, body as object, 'AA'))).toEqual(INVALID);
    }
  });

  it('is not known with any one character changed, and never throws', async () => {
    const token = await signer.sign(claims());
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    // The last letter has bits that mean nothing, so that the same signature can be spelt in several ways.
    const at = fc.nat(token.length - 2);
    await fc.assert(
      fc.asyncProperty(at, fc.constantFrom(...alphabet), async (index, letter) => {
        fc.pre(token[index] !== letter);
        const changed = token.slice(0, index) + letter + token.slice(index + 1);
        expect(await verdictOn(changed)).toEqual(INVALID);
      }),
      { numRuns: 500 },
    );
  });

  it('is not known with any bit flipped in header, claims or signature, and never throws', async () => {
    const token = await rsa.sign(claims());
    const parts = token.split('.').map((part) => Buffer.from(part, 'base64url'));
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.nat(), fc.nat(7), async (which, position, bit) => {
        const flipped = parts.map((part) => Buffer.from(part));
        const part = flipped[which] ?? Buffer.alloc(1);
        const index = position % part.length;
        part[index] = (part[index] ?? 0) ^ (1 << bit);
        const changed = flipped.map((bytes) => bytes.toString('base64url')).join('.');
        expect(await verdictOn(changed)).toEqual(INVALID);
      }),
      { numRuns: 500 },
    );
  });

  it('is not known whatever text it is, and never throws', async () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (some) => {
        expect(await verdictOn(some.join('.'))).toEqual(INVALID);
      }),
      { numRuns: 500 },
    );
  });
});
