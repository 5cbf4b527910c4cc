import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';

export interface Signer {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  /** As an issuer keeps it. */
  readonly privateJwk: JWK;
  /** As an issuer publishes it. */
  readonly publicJwk: JWK;
  /** A JWT of just these claims; the header's fields replace its own. */
  readonly sign: (claims: JWTPayload, header?: Partial<JWTHeaderParameters>) => Promise<string>;
}

/** A new key pair that signs tokens by `alg`. */
export const makeSigner = async (alg: string, kid = `${alg}-1`): Promise<Signer> => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const more = { alg, kid, use: 'sig' };
  return {
    alg,
    kid,
    privateKey,
    privateJwk: { ...(await exportJWK(privateKey)), ...more },
    publicJwk: { ...(await exportJWK(publicKey)), ...more },
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
  };
};

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of a header and claims that no library would sign, with a signature that is given. */
export const forged = (header: object, claims: object, signature = ''): string =>
  `${base64url(header)}.${base64url(claims)}.${signature}`;
