import { connectorOf } from '../../connectors/all.ts';
import { type Revocation, textAt } from '../../connectors/oauth.ts';
import type { Secret } from '../../platform/crypto/secret.ts';
import type { HttpClient, HttpResult, OutgoingRequest } from '../../platform/egress/request.ts';
import { errorCode, type Log } from '../../platform/log/log.ts';
import type { ConnectionRecord } from '../record.ts';
import type { FindCredentials } from './provider-credentials.ts';
import { jsonOf } from './token-answer.ts';
import type { FindTokens } from './token-record.ts';
import { ANSWER_BYTES_MAX, basic, type OAuthClient, USER_AGENT } from './token-request.ts';
import { type OpenText, openTokens } from './tokens.ts';
import { isOAuth } from './vendor.ts';
import { type VendorUrls, vendorUrl } from './vendor-urls.ts';

export interface RevokeGrantDeps {
  readonly findTokens: FindTokens;
  readonly findCredentials: FindCredentials;
  readonly open: OpenText;
  readonly http: HttpClient;
  readonly urls: VendorUrls;
  readonly log: Log;
}

// Whoever revokes waits for it, and the revocation itself needs nothing of the vendor. Milliseconds.
const TIMEOUTS = { connectMs: 2_000, headersMs: 3_000, totalMs: 4_000 };

/** The call of a vendor that ends the grant of `token`: as RFC 7009 §2.1 has it, or as the vendor has it itself. */
const requestOf = (
  { method, url, sent, field, client }: Revocation,
  tokenUrl: string,
  token: Secret,
  app: OAuthClient | undefined,
): OutgoingRequest => {
  const target = new URL(url.replace('{client_id}', encodeURIComponent(app?.clientId ?? '')), tokenUrl);
  const proof = app && { client_id: app.clientId, client_secret: app.clientSecret.reveal() };
  const body = { [field]: token.reveal(), ...(client === 'form' ? proof : {}) };
  if (sent === 'query') target.searchParams.set(field, token.reveal());
  const inBody = sent === 'form' || sent === 'json';
  return {
    method,
    url: target.href,
    headers: {
      accept: 'application/json',
      'user-agent': USER_AGENT,
      ...(app && client === 'basic' ? { authorization: basic(app) } : {}),
      ...(sent === 'bearer' ? { authorization: `Bearer ${token.reveal()}` } : {}),
      ...(sent === 'form' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...(sent === 'json' ? { 'content-type': 'application/json' } : {}),
    },
    ...(inBody
      ? { body: Buffer.from(sent === 'json' ? JSON.stringify(body) : String(new URLSearchParams(body))) }
      : {}),
    timeouts: TIMEOUTS,
    responseBytesMax: ANSWER_BYTES_MAX,
  };
};

/** Why a grant is likely to live on; undefined when the vendor says that it has ended. */
const failureIn = (result: HttpResult): string | undefined => {
  if (result.outcome === 'failed') return result.code;
  if (result.status < 200 || result.status > 299) return `http_${result.status}`;
  return textAt(jsonOf(result.body, result.truncated), 'error') ? 'unexpected_answer' : undefined;
};

const ask = async (deps: RevokeGrantDeps, connection: ConnectionRecord): Promise<string | undefined> => {
  const connector = connectorOf(connection.connector_type);
  if (!isOAuth(connector)) return undefined;
  const { type, oauth } = connector;
  if (!oauth.revocation) return 'vendor_has_no_revocation';
  const record = await deps.findTokens(connection);
  if (!record) return 'tokens_missing';
  const app = oauth.revocation.client === 'none' ? undefined : await deps.findCredentials(type);
  if (!app && oauth.revocation.client !== 'none') return 'provider_not_set_up';
  const { accessToken, refreshToken = accessToken } = await openTokens(connection, record, deps.open);
  const token = oauth.revocation.token === 'access' ? accessToken : refreshToken;
  const request = requestOf(oauth.revocation, record.token_url, token, await app?.client());
  return failureIn(await deps.http.send({ ...request, url: vendorUrl(deps.urls, type, request.url) }));
};

/**
 * Ends a connection's grant at its vendor, as far as the vendor has a call for it. Answers a code when the grant may
 * live on there, undefined when it has ended or there is none. It never rejects and takes seconds at most.
 */
export const makeRevokeGrant =
  (deps: RevokeGrantDeps) =>
  async (connection: ConnectionRecord): Promise<string | undefined> => {
    const { tenant_id, connection_id, connector_type, authorization } = connection;
    if (authorization === undefined) return undefined;
    const line = { stage: 'revoke', tenant_id, connection_id, connector_type };
    try {
      const code = await ask(deps, connection);
      deps.log({ ...line, outcome: code === undefined ? 'grant_ended' : 'grant_left', code });
      return code;
    } catch (error) {
      deps.log({ ...line, outcome: 'failed', code: errorCode(error) });
      return 'revocation_failed';
    }
  };

export type RevokeGrant = ReturnType<typeof makeRevokeGrant>;
