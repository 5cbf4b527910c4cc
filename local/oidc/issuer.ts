import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import { Provider } from 'oidc-provider';
import { newSigningKey } from './signing-key.ts';

/** A user, who signs in as a client does (RFC 6749, section 4.4): there is no browser in between. */
export interface IssuerUser {
  readonly clientId: string;
  readonly roles: readonly string[];
  /** Left out of the token when undefined. */
  readonly tenantId?: string;
}

export interface IssuerOptions {
  readonly users: readonly IssuerUser[];
  /** Private keys to sign with, the first of them; one is made when left out. */
  readonly keys?: readonly JWK[];
}

export interface Issuer {
  /** What tokens have in `iss`. */
  readonly url: string;
  /** What tokens have in `aud`. */
  readonly audience: string;
  readonly stop: () => Promise<void>;
}

/** It guards nothing: whoever reaches this machine's loopback interface may be any of the users. */
export const CLIENT_SECRET = 'local';
const AUDIENCE = 'crossdock';
const TOKEN_SECONDS = 3600;

/** Clients are configured and JWTs speak for themselves, so that there is nothing to store. */
const NOTHING_KEPT = { find: async () => undefined, upsert: async () => {} };

/** The claims as a Cognito user pool has them, which are the defaults of the stack's parameters. */
const claimsOf = ({ roles, tenantId }: IssuerUser) => ({
  'cognito:groups': roles,
  ...(tenantId === undefined ? {} : { 'custom:tenant_id': tenantId }),
});

const configuration = (users: readonly IssuerUser[], keys: readonly JWK[]) => {
  const claims = new Map(users.map((user) => [user.clientId, claimsOf(user)]));
  const alg = keys[0]?.alg;
  return {
    clients: users.map(({ clientId }) => ({
      client_id: clientId,
      client_secret: CLIENT_SECRET,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: alg,
    })),
    adapter: () => NOTHING_KEPT,
    jwks: { keys },
    ttl: { ClientCredentials: TOKEN_SECONDS },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      // A token is a JWT only when it is for a resource.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `urn:${AUDIENCE}`,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
    extraTokenClaims: (_context: unknown, token: { readonly clientId: string }) => claims.get(token.clientId),
  };
};

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Starts an OpenID Connect issuer on a free port of the loopback interface, for development and tests. */
export const startIssuer = async ({ users, keys }: IssuerOptions): Promise<Issuer> => {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, configuration(users, keys ?? [await newSigningKey()]));
  server.on('request', provider.callback());
  return { url, audience: AUDIENCE, stop: () => close(server) };
};
