import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { newSigningKey } from '../oidc/signing-key.ts';
import { memoryAdapter } from './memory.ts';
import type { TokenInfo, VendorClient, VendorProfile } from './profile.ts';

/** The user who is asked, and who agrees to everything. */
const USER = 'ada';
const INTERACTION = '/interaction';
const [INTROSPECT, REVOKE] = ['/introspect', '/revoke-token'];
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const METHODS = { basic: 'client_secret_basic', body: 'client_secret_post', json: 'client_secret_post' };

/** An OAuth server for one vendor's own paths. */
export interface AuthorizationServer {
  /** Of the loopback interface. */
  readonly port: number;
  /** Whose an access token is; undefined for one that is worth nothing. */
  readonly infoOf: (accessToken: string) => Promise<TokenInfo | undefined>;
  /** Ends the grant of an access or refresh token. */
  readonly revoke: (token: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** As RFC 7662 §2.2 has it. */
interface Introspection extends TokenInfo {
  readonly active: boolean;
  readonly token_type?: string;
}

interface Options {
  readonly profile: VendorProfile;
  readonly client: VendorClient;
  /** Where the vendor is below its address, such as `/hubspot`. */
  readonly prefix: string;
  readonly takesRedirectUri: (uri: string) => boolean;
}

const configuration = async ({ profile, client, prefix }: Options) => ({
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      token_endpoint_auth_method: METHODS[profile.clientAuth],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      // What it takes is asked of `takesRedirectUri`; the list must not be empty.
      redirect_uris: ['http://127.0.0.1/'],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  adapter: memoryAdapter(),
  jwks: { keys: [await newSigningKey()] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  routes: {
    authorization: profile.authorizePath,
    token: profile.tokenPath,
    introspection: INTROSPECT,
    revocation: REVOKE,
  },
  scopes: ['openid', 'offline_access', ...profile.scopes],
  extraParams: ['audience', 'access_type'],
  pkce: { required: () => profile.pkce },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: async () => true },
    revocation: { enabled: true, allowedPolicy: async () => true },
  },
  interactions: {
    url: (_context: unknown, { uid }: { readonly uid: string }) => `${prefix}${INTERACTION}/${uid}`,
  },
  findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
  issueRefreshToken: async () => true,
  renderError(context: { type: string; body: string }, { error }: { readonly error: string }) {
    context.type = 'text';
    context.body = error;
  },
  rotateRefreshToken: true,
  ttl: {
    AccessToken: HOUR_SECONDS,
    AuthorizationCode: 600,
    Grant: DAY_SECONDS,
    IdToken: HOUR_SECONDS,
    Interaction: 600,
    RefreshToken: DAY_SECONDS,
    Session: DAY_SECONDS,
  },
});

/** Logs the user in and lets him agree, without asking; `?deny` is the user who does not. */
const makeInteraction =
  (provider: Provider) => async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.endsWith('?deny')) {
      return provider.interactionFinished(request, response, { error: 'access_denied' });
    }
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: USER, clientId: String(params['client_id']) });
    grant.addOIDCScope(String(params['scope'] ?? ''));
    const grantId = await grant.save();
    return provider.interactionFinished(request, response, {
      login: { accountId: USER },
      consent: { grantId },
    });
  };

/** A call of the server as its own client, in the way in which that proves itself. */
const makeAsk =
  (port: number, { profile, client }: Options) =>
  (path: string, token: string): Promise<Response> => {
    const basic = profile.clientAuth === 'basic';
    const pair = [client.id, client.secret].map(encodeURIComponent).join(':');
    const proof: Record<string, string> = basic ? {} : { client_id: client.id, client_secret: client.secret };
    return fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: basic ? { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } : {},
      body: new URLSearchParams({ ...proof, token }),
    });
  };

/**
 * Starts a real OAuth server (oidc-provider) on a free port of the loopback interface. It replaces refresh tokens at
 * every use, and ends the whole grant when one comes a second time. What it knows goes when it is closed.
 */
export const startAuthorizationServer = async (options: Options): Promise<AuthorizationServer> => {
  const provider = new Provider('http://127.0.0.1', await configuration(options));
  provider.Client.prototype.redirectUriAllowed = options.takesRedirectUri;
  const [interact, callback] = [makeInteraction(provider), provider.callback()];
  const server = createServer((request, response) => {
    const answer = request.url?.startsWith(`${INTERACTION}/`) ? interact : callback;
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = makeAsk(port, options);
  return {
    port,
    async infoOf(accessToken) {
      const info = (await (await ask(INTROSPECT, accessToken)).json()) as Introspection;
      // A refresh token is active too, and opens nothing.
      return info.active && info.token_type === 'Bearer' ? { sub: info.sub, scope: info.scope } : undefined;
    },
    async revoke(token) {
      await ask(REVOKE, token);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
