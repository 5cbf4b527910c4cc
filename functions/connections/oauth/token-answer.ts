import { type Fields, type OAuth, textAt } from '../../connectors/oauth.ts';
import { Secret } from '../../platform/crypto/secret.ts';
import type { HttpResult } from '../../platform/egress/request.ts';

export interface TokenGrant {
  readonly outcome: 'granted';
  readonly accessToken: Secret;
  /** Absent when the vendor gave none: on a refresh, the one that was used stays. */
  readonly refreshToken?: Secret;
  /** Absent when the access token lives for ever. */
  readonly expiresInSeconds?: number;
  /** Absent when the vendor does not say: then all that were asked for (RFC 6749 §5.1). */
  readonly scopes?: readonly string[];
  readonly answer: Fields;
}

/** What a token URL said. Codes are ours; nothing of a vendor's error leaves this file. */
export type TokenAnswer =
  | TokenGrant
  /** The code or refresh token is worth nothing (any more). */
  | { readonly outcome: 'refused' }
  /** Our client id or secret is. */
  | { readonly outcome: 'client_refused' }
  /** Neither: an answer that may be another one next time. */
  | { readonly outcome: 'unavailable'; readonly code: string };

const LIFE_SECONDS_MAX = 10 * 365 * 24 * 3600;

/** The JSON object of a response that came whole. */
export const jsonOf = (body: Uint8Array, truncated: boolean): unknown => {
  if (truncated) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
};

const scopesOf = (answer: Fields): string[] | undefined => {
  const { scope = answer['scopes'] } = answer;
  const texts = Array.isArray(scope) ? scope : typeof scope === 'string' ? scope.split(/[\s,]+/) : undefined;
  const scopes = texts?.filter((text): text is string => typeof text === 'string' && text !== '');
  return scopes && [...new Set(scopes)];
};

const lifeOf = ({ accessTokenSeconds }: OAuth, answer: Fields): number | undefined => {
  const said = Number(textAt(answer, 'expires_in') ?? Number.NaN);
  return said > 0 && said <= LIFE_SECONDS_MAX ? said : accessTokenSeconds;
};

const grantOf = (oauth: OAuth, accessToken: string, answer: Fields): TokenGrant => {
  const refreshToken = textAt(answer, 'refresh_token');
  const expiresInSeconds = lifeOf(oauth, answer);
  const scopes = scopesOf(answer);
  return {
    outcome: 'granted',
    accessToken: new Secret(accessToken),
    ...(refreshToken === undefined ? {} : { refreshToken: new Secret(refreshToken) }),
    ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
    ...(scopes === undefined ? {} : { scopes }),
    answer,
  };
};

const refusalOf = (oauth: OAuth, status: number, json: unknown): TokenAnswer => {
  const error = textAt(json, 'error') ?? textAt(json, 'status') ?? '';
  const isOf = (codes: readonly string[] | undefined, rfc: readonly string[]) =>
    [...(codes ?? []), ...rfc].includes(error);
  if (isOf(oauth.errorCodes?.grant, ['invalid_grant'])) return { outcome: 'refused' };
  if (isOf(oauth.errorCodes?.client, ['invalid_client', 'unauthorized_client']))
    return { outcome: 'client_refused' };
  return { outcome: 'unavailable', code: `http_${status}` };
};

/** Reads the answer of a token URL. Some vendors refuse with status 200, so an `error` in the body counts before the status. */
export const readTokenAnswer = (oauth: OAuth, result: HttpResult): TokenAnswer => {
  if (result.outcome === 'failed') return { outcome: 'unavailable', code: result.code };
  const { status, body, truncated } = result;
  if (status >= 500 || status === 429) return { outcome: 'unavailable', code: `http_${status}` };
  const json = jsonOf(body, truncated);
  const accessToken = textAt(json, 'access_token');
  const granted = status >= 200 && status < 300 && accessToken !== undefined && !textAt(json, 'error');
  // `textAt` found a field, so it is an object.
  return granted ? grantOf(oauth, accessToken, json as Fields) : refusalOf(oauth, status, json);
};
