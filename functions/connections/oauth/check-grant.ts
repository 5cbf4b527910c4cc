import type { CheckOutcome } from '../../connectors/define.ts';
import { type OAuth, textAt, type Whoami } from '../../connectors/oauth.ts';
import type { Secret } from '../../platform/crypto/secret.ts';
import type { HttpClient, HttpResult, OutgoingRequest } from '../../platform/egress/request.ts';
import type { ConnectionRecord } from '../record.ts';
import type { AccessToken } from './access-token.ts';
import { jsonOf } from './token-answer.ts';
import { ANSWER_BYTES_MAX, USER_AGENT } from './token-request.ts';
import type { OAuthConnector } from './vendor.ts';
import { type VendorUrls, vendorUrl } from './vendor-urls.ts';

export interface CheckGrantDeps {
  readonly accessToken: (connection: ConnectionRecord) => Promise<AccessToken>;
  readonly http: HttpClient;
  readonly urls: VendorUrls;
}

/** The code of a grant that has ended: whoever asked for its token has marked the connection already. */
export const GRANT_ENDED = 'needs_reauth';

// For an impatient caller, who may have waited for a refresh before. Milliseconds.
const TIMEOUTS = { connectMs: 3_000, headersMs: 5_000, totalMs: 8_000 };

type Responded = Extract<HttpResult, { readonly outcome: 'response' }>;

const requestOf = (
  { method, url, scheme = 'Bearer' }: Whoami,
  baseUrl: string,
  token: Secret,
): OutgoingRequest => ({
  method,
  url: url.startsWith('/') ? `${baseUrl}${url}` : url,
  headers: {
    accept: 'application/json',
    authorization: `${scheme} ${token.reveal()}`,
    'user-agent': USER_AGENT,
  },
  timeouts: TIMEOUTS,
  responseBytesMax: ANSWER_BYTES_MAX,
});

/** GitHub throttles with a 403 too, which says nothing about the token. */
const isThrottled = ({ headers }: Responded) =>
  headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0';

/** What a whole answer says against the token, as a code of ours; undefined when the vendor takes it. */
const refusalIn = (whoami: Whoami, response: Responded, answer: unknown): string | undefined => {
  const { status } = response;
  const said = textAt(answer, 'error') ?? textAt(answer, 'code') ?? '';
  if (whoami.tokenIsGood?.includes(said)) return undefined;
  if (whoami.refusals?.includes(said) || status === 401) return 'token_refused';
  if (status === 403) return isThrottled(response) ? 'http_403' : 'token_refused';
  if (status < 200 || status > 299) return `http_${status}`;
  return answer === undefined || textAt(answer, 'error') ? 'unexpected_answer' : undefined;
};

/** Whether the grant is of the account that was connected; undefined where it or we do not know. */
const matchesAccount = ({ whoami }: OAuth, { authorization }: ConnectionRecord, answer: unknown) => {
  const accounts = whoami.accounts?.(answer).filter((id) => id !== undefined) ?? [];
  // A list that is empty is an answer too: the grant has no account any more.
  const says = accounts.length > 0 || (whoami.accounts && Array.isArray(answer));
  const accountId = authorization?.account_id;
  return says && accountId !== undefined ? accounts.includes(accountId) : undefined;
};

/** Those of our own indispensable scopes that the answer lists as not granted. */
const missingScopes = ({ whoami, scopes }: OAuth, answer: unknown): string[] => {
  const granted = whoami.scopes?.(answer);
  return granted === undefined ? [] : scopes.always.filter((scope) => !granted.includes(scope));
};

const readAnswer = (oauth: OAuth, connection: ConnectionRecord, result: HttpResult): CheckOutcome => {
  const timed = { duration_ms: Math.round(result.durationMs) };
  if (result.outcome === 'failed') return { code: result.code, diagnostics: timed };
  const answer = jsonOf(result.body, result.truncated);
  const answered = { ...timed, http_status: result.status };
  const refusal = refusalIn(oauth.whoami, result, answer);
  if (refusal !== undefined) return { code: refusal, diagnostics: answered };
  const matches = matchesAccount(oauth, connection, answer);
  const missing = missingScopes(oauth, answer);
  const diagnostics: Record<string, string | number | boolean> = { ...answered };
  if (matches !== undefined) diagnostics['account_matches'] = matches;
  if (missing.length > 0) diagnostics['scopes_missing'] = missing.join(' ');
  if (matches === false) return { code: 'account_mismatch', diagnostics };
  return missing.length > 0 ? { code: 'scopes_missing', diagnostics } : { diagnostics };
};

/**
 * Asks the vendor whose a connection's grant is, with an access token that is renewed first when it has to be. Nothing
 * of the answer is kept but codes, a status, a time, and which of our own scopes it lacks.
 */
export const makeCheckGrant =
  ({ accessToken, http, urls }: CheckGrantDeps) =>
  async ({ type, oauth }: OAuthConnector, connection: ConnectionRecord): Promise<CheckOutcome> => {
    const got = await accessToken(connection);
    if (!got.ok) return { code: got.reason === 'needs_reauth' ? GRANT_ENDED : got.code, diagnostics: {} };
    const request = requestOf(oauth.whoami, connection.authorization?.base_url ?? '', got.token);
    const result = await http.send({ ...request, url: vendorUrl(urls, type, request.url) });
    return readAnswer(oauth, connection, result);
  };

export type CheckGrant = ReturnType<typeof makeCheckGrant>;
