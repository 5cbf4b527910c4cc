import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { TenantId } from '#contracts/ids.ts';
import { type Role, roles } from '#contracts/roles.ts';
import type { AuthorizerVerdict } from '../../platform/http/caller.ts';
import { derivedId } from '../../platform/ids.ts';
import { isIssuerUnavailable } from './issuer-unavailable.ts';

export interface UsersDeps {
  /** Exactly as tokens name it in `iss`. */
  readonly issuer: string;
  /** A token is for us when it names one of these. */
  readonly audiences: readonly string[];
  readonly tenantClaim: string;
  readonly rolesClaim: string;
  readonly findKey: JWTVerifyGetKey;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Asymmetric alone: with a shared secret, whoever can verify can sign. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/** By how much the issuer's clock and ours may differ. */
const LEEWAY_SECONDS = 5;

const unknown = (code: Extract<AuthorizerVerdict, { caller: 'unknown' }>['code']): AuthorizerVerdict => ({
  caller: 'unknown',
  code,
});

/** Cognito's access tokens name the client in `client_id` and have no audience. */
const isForUs = ({ aud, token_use, client_id }: JWTPayload, audiences: readonly string[]): boolean => {
  const named = aud === undefined && token_use === 'access' ? client_id : aud;
  return [named].flat().some((one) => typeof one === 'string' && audiences.includes(one));
};

const strongest = (claim: unknown): Role | undefined => {
  const named: unknown[] = typeof claim === 'string' ? claim.split(' ') : [claim].flat();
  return roles.find((role) => named.includes(role));
};

/** The issuer's id of the person. Some issuers take the e-mail address for one; that is hashed, and stays the same. */
const subjectOf = ({ sub = '' }: JWTPayload, issuer: string): string | undefined => {
  // OpenID Connect Core 1.0, section 2: at most 255 ASCII characters.
  if (!/^[\x21-\x7e]{1,255}$/.test(sub)) return undefined;
  return sub.includes('@') ? derivedId('sub', issuer, sub) : sub;
};

const verdictOf = (payload: JWTPayload, deps: UsersDeps): AuthorizerVerdict => {
  const subject = subjectOf(payload, deps.issuer);
  if (subject === undefined || !isForUs(payload, deps.audiences)) return unknown('auth.token_invalid');
  const role = strongest(payload[deps.rolesClaim]);
  if (role === undefined) return unknown('auth.role_missing');
  const tenant = TenantId.safeParse(payload[deps.tenantClaim]);
  if (role !== 'super_admin' && !tenant.success) return unknown('auth.tenant_unknown');
  const tenantId = role === 'super_admin' ? '' : (tenant.data ?? '');
  const expiresAtMs = ((payload.exp ?? 0) + LEEWAY_SECONDS) * 1000;
  return { caller: 'user', subject, role, tenantId, expiresAtMs };
};

/**
 * Who a JWT of the issuer stands for (RFC 7519, RFC 8725). Whatever is wrong with the token is a verdict; it rejects, with
 * `issuerUnavailable`, only while nothing can be said of any token.
 */
export const makeUsers = (deps: UsersDeps) => {
  const { issuer, findKey, now } = deps;
  return async (token: string): Promise<AuthorizerVerdict> => {
    try {
      const { payload } = await jwtVerify(token, findKey, {
        issuer,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: LEEWAY_SECONDS,
        currentDate: new Date(now()),
      });
      return verdictOf(payload, deps);
    } catch (error) {
      if (isIssuerUnavailable(error)) throw error;
      return unknown(error instanceof errors.JWTExpired ? 'auth.token_expired' : 'auth.token_invalid');
    }
  };
};
