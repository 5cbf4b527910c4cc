import { createHash } from 'node:crypto';
import type { OAuth, OAuthServer } from '../../connectors/oauth.ts';

export interface AuthorizeInput {
  readonly server: OAuthServer;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  /** Of PKCE; absent for a vendor that does not take it. */
  readonly verifier?: string;
}

/** The S256 challenge of RFC 7636 §4.2. */
const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

/** All scopes to ask for: those that the provider cannot do without, and the caller's or its own choice. */
export const scopesToAsk = ({ scopes }: OAuth, chosen: readonly string[] | undefined): string[] => [
  ...new Set([...scopes.always, ...(chosen ?? scopes.default)]),
];

/** Where to send the user (RFC 6749 §4.1.1, RFC 7636 §4.3). */
export const authorizeUrl = (oauth: OAuth, input: AuthorizeInput): string => {
  const url = new URL(input.server.authorizeUrl);
  const { separator } = oauth.scopes;
  const parameters = {
    client_id: input.clientId,
    redirect_uri: input.redirectUri,
    response_type: 'code',
    ...(separator === undefined || input.scopes.length === 0 ? {} : { scope: input.scopes.join(separator) }),
    ...oauth.authorizeParameters,
    state: input.state,
    ...(input.verifier === undefined
      ? {}
      : { code_challenge: challengeOf(input.verifier), code_challenge_method: 'S256' }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
};
