import type { OAuth } from '../../connectors/oauth.ts';
import type { Secret } from '../../platform/crypto/secret.ts';
import type { OutgoingRequest } from '../../platform/egress/request.ts';

/** Our app at a vendor. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** Longer than any vendor takes, and well below the lease under which tokens are refreshed. Milliseconds. */
export const TIMEOUTS = { connectMs: 3_000, headersMs: 10_000, totalMs: 12_000 };
export const ANSWER_BYTES_MAX = 64 * 1024;
export const USER_AGENT = 'Crossdock/1';

// RFC 6749 §2.3.1: both are form-encoded before they are joined.
const formEncoded = (text: string) => new URLSearchParams({ v: text }).toString().slice(2);

/** HTTP Basic of a client. */
export const basic = ({ clientId, clientSecret }: OAuthClient) => {
  const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret.reveal())}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
};

/** A call of the token URL: `fields` are those of the grant (RFC 6749 §4.1.3 and §6), the client proves itself as the vendor wants. */
export const tokenRequest = (
  { clientAuth }: Pick<OAuth, 'clientAuth'>,
  url: string,
  client: OAuthClient,
  fields: Readonly<Record<string, string>>,
): OutgoingRequest => {
  const proof = { client_id: client.clientId, client_secret: client.clientSecret.reveal() };
  const all = clientAuth === 'basic' ? fields : { ...fields, ...proof };
  const body = clientAuth === 'json' ? JSON.stringify(all) : new URLSearchParams(all).toString();
  return {
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': clientAuth === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
      'user-agent': USER_AGENT,
      ...(clientAuth === 'basic' ? { authorization: basic(client) } : {}),
    },
    body: Buffer.from(body),
    timeouts: TIMEOUTS,
    responseBytesMax: ANSWER_BYTES_MAX,
  };
};
