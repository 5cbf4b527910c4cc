import { TOKENS_PURPOSE } from '#contracts/secrets-purpose.ts';
import type { EncryptionContext, Sealed } from '../../platform/crypto/seal.ts';
import { Secret } from '../../platform/crypto/secret.ts';
import { randomId } from '../../platform/ids.ts';
import type { TokenGrant } from './token-answer.ts';
import type { TokenOwner, TokenRecord } from './token-record.ts';

/** What is sealed of a grant. */
export interface Tokens {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
}

/** What a connection's tokens are sealed under. */
export const tokensContext = ({ tenant_id, connection_id }: TokenOwner): EncryptionContext => ({
  tenant_id,
  connection_id,
  purpose: TOKENS_PURPOSE,
});

// Clocks differ and calls take time; a short life must not be spent on renewing.
const MARGIN_MS_MAX = 5 * 60_000;
const MARGIN_SHARE = 0.1;

const timesOf = (expiresInSeconds: number | undefined, nowMs: number) => {
  if (expiresInSeconds === undefined) return {};
  const lifeMs = expiresInSeconds * 1000;
  const expires_at = nowMs + lifeMs;
  return { expires_at, renew_at: expires_at - Math.min(MARGIN_MS_MAX, Math.round(lifeMs * MARGIN_SHARE)) };
};

export type SealText = (plaintext: string, context: EncryptionContext) => Promise<Sealed>;
export type OpenText = (sealed: Sealed, context: EncryptionContext) => Promise<string>;

/** A grant as the next record of a connection's tokens. A refresh that brings no refresh token leaves the one that was used. */
export const sealGrant = async (
  owner: TokenOwner,
  grant: TokenGrant,
  rest: {
    readonly tokenUrl: string;
    readonly nowMs: number;
    readonly refreshToken?: Secret;
    readonly seal: SealText;
  },
): Promise<TokenRecord> => {
  const refreshToken = grant.refreshToken ?? rest.refreshToken;
  const plaintext = JSON.stringify({
    access_token: grant.accessToken.reveal(),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken.reveal() }),
  });
  return {
    generation: randomId('gen'),
    sealed: await rest.seal(plaintext, tokensContext(owner)),
    token_url: rest.tokenUrl,
    ...timesOf(grant.expiresInSeconds, rest.nowMs),
  };
};

/** The tokens of a record. @throws when it was sealed for another connection, or changed */
export const openTokens = async (
  owner: TokenOwner,
  { sealed }: TokenRecord,
  open: OpenText,
): Promise<Tokens> => {
  const { access_token, refresh_token }: Record<string, string> = JSON.parse(
    await open(sealed, tokensContext(owner)),
  );
  return {
    accessToken: new Secret(access_token ?? ''),
    ...(refresh_token === undefined ? {} : { refreshToken: new Secret(refresh_token) }),
  };
};
