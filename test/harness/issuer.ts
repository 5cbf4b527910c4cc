import type { JWTPayload } from 'jose';
import { CLIENT_SECRET, type IssuerUser, startIssuer } from '../../local/oidc/issuer.ts';
import { makeSigner, type Signer } from './signer.ts';

export interface TestIssuer {
  readonly url: string;
  readonly signer: Signer;
  /** What a stack is deployed with, so that it takes this issuer's tokens. */
  readonly parameters: Readonly<Record<string, string>>;
  /** A token from the issuer's own token endpoint. */
  readonly tokenOf: (clientId: string) => Promise<string>;
  /** A token that the issuer would not give, signed with its key: a tenant's admin's, with the claims that differ. */
  readonly sign: (tenantId: string, more?: JWTPayload) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Starts the local OpenID Connect issuer with a key that the test has as well. */
export const startTestIssuer = async (users: readonly IssuerUser[] = []): Promise<TestIssuer> => {
  const signer = await makeSigner('ES256');
  const { url, audience, stop } = await startIssuer({ users, keys: [signer.privateJwk] });
  const form = { grant_type: 'client_credentials', client_secret: CLIENT_SECRET };
  return {
    url,
    signer,
    parameters: { OidcIssuer: url, OidcAudience: audience },
    async tokenOf(clientId) {
      const body = new URLSearchParams({ ...form, client_id: clientId });
      const response = await fetch(`${url}/token`, { method: 'POST', body });
      const { access_token } = (await response.json()) as { readonly access_token?: string };
      if (access_token === undefined) throw new Error(`The issuer answered ${response.status}`);
      return access_token;
    },
    sign: (tenantId, more = {}) =>
      signer.sign({
        iss: url,
        aud: audience,
        sub: 'person-1',
        exp: Math.floor(Date.now() / 1000) + 300,
        'custom:tenant_id': tenantId,
        'cognito:groups': ['tenant_admin'],
        ...more,
      }),
    stop,
  };
};
