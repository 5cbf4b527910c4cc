import { once } from 'node:events';
import { createServer, type IncomingMessage, request as requestOf, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'our-app', secret: 'secret+of our/app' };
export const REDIRECT_URI = 'https://app.example.com/connected';

export interface TokenCall {
  readonly headers: IncomingMessage['headers'];
  /** Fields of the body, form or JSON. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface OidcVendorOptions {
  /** The vendor's own paths. */
  readonly authorizePath: string;
  readonly tokenPath: string;
  readonly clientAuth: 'basic' | 'body' | 'json';
  readonly pkce: boolean;
  readonly scopes: readonly string[];
  /** More that the vendor answers, by path; the token answer's fields under the token's path. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface OidcVendor {
  readonly url: string;
  readonly tokenCalls: readonly TokenCall[];
  /** Every token that it has given away. */
  readonly tokens: readonly string[];
  /** Decides what becomes of a token call: passed on, or the answer lost on its way after the vendor has acted. */
  onToken: (call: TokenCall) => 'answer' | 'lose' | 'fail' | Promise<'answer' | 'lose' | 'fail'>;
  readonly close: () => Promise<void>;
}

const METHODS = { basic: 'client_secret_basic', body: 'client_secret_post', json: 'client_secret_post' };

const startProvider = async (options: OidcVendorOptions): Promise<Server> => {
  const provider = new Provider('http://127.0.0.1', {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        token_endpoint_auth_method: METHODS[options.clientAuth],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [REDIRECT_URI],
      },
    ],
    routes: { authorization: options.authorizePath, token: options.tokenPath },
    scopes: ['openid', 'offline_access', ...options.scopes],
    extraParams: ['audience', 'access_type'],
    pkce: { required: () => options.pkce },
    features: { devInteractions: { enabled: true } },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: { AccessToken: 3600, Grant: 86_400, Interaction: 600, Session: 86_400, RefreshToken: 86_400 },
  });
  const server = createServer(provider.callback());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const portOf = (server: Server) => (server.address() as AddressInfo).port;

const fieldsOf = (body: Buffer, isJson: boolean): Record<string, string> =>
  isJson ? JSON.parse(body.toString()) : Object.fromEntries(new URLSearchParams(body.toString()));

/** A vendor whose clients name no scopes has them on record. */
const withScopes = (path: string, scopes: readonly string[]): string =>
  /[?&]scope=/.test(path) ? path : `${path}&scope=${encodeURIComponent(scopes.join(' '))}`;

interface Passed {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Passes a request on to the provider, with another body where it has one of its own form. */
const passOn = async (port: number, incoming: IncomingMessage, body: Buffer): Promise<Passed> => {
  const { host: _host, 'content-length': _length, ...headers } = incoming.headers;
  const outgoing = requestOf({
    port,
    host: '127.0.0.1',
    method: incoming.method,
    path: incoming.url,
    headers: { ...headers, ...(body.length > 0 ? { 'content-length': body.length } : {}) },
  });
  outgoing.end(body);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (!answer) throw new Error('The provider did not answer');
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
};

/** As a vendor that takes nothing but JSON would refuse anything else. */
const asForm = (incoming: IncomingMessage, body: Buffer, clientAuth: string): Buffer | undefined => {
  if (clientAuth !== 'json') return body;
  if (incoming.headers['content-type'] !== 'application/json') return undefined;
  incoming.headers['content-type'] = 'application/x-www-form-urlencoded';
  return Buffer.from(new URLSearchParams(fieldsOf(body, true)).toString());
};

/**
 * A vendor made of a real OAuth server (oidc-provider), whose refresh tokens are replaced at every use and whose grant
 * ends when one is used twice. It has one vendor's paths, and that vendor's way for clients to prove themselves.
 */
export const startOidcVendor = async (options: OidcVendorOptions): Promise<OidcVendor> => {
  const provider = await startProvider(options);
  const tokenCalls: TokenCall[] = [];
  const tokens: string[] = [];
  const { more = {}, tokenPath } = options;

  const token = async (incoming: IncomingMessage): Promise<Passed | undefined> => {
    const body = await buffer(incoming);
    const fields = fieldsOf(body, options.clientAuth === 'json');
    const call = { headers: { ...incoming.headers }, fields };
    tokenCalls.push(call);
    const fate = await vendor.onToken(call);
    if (fate === 'fail') return { status: 503, headers: {}, body: Buffer.from('{}') };
    const form = asForm(incoming, body, options.clientAuth);
    if (!form) return { status: 415, headers: {}, body: Buffer.from('{}') };
    const answer = await passOn(portOf(provider), incoming, form);
    if (fate === 'lose') return undefined;
    const extra = answer.status === 200 ? more[tokenPath] : undefined;
    const json = { ...JSON.parse(answer.body.toString()), ...(extra as object | undefined) };
    tokens.push(...[json.access_token, json.refresh_token, json.id_token].filter(Boolean));
    return { ...answer, headers: {}, body: Buffer.from(JSON.stringify(json)) };
  };

  const answerTo = async (incoming: IncomingMessage): Promise<Passed | undefined> => {
    const path = incoming.url?.split('?')[0] ?? '';
    if (path === tokenPath) return token(incoming);
    if (Object.hasOwn(more, path)) {
      const known = /^Bearer .{20,}$/.test(incoming.headers.authorization ?? '');
      return { status: known ? 200 : 401, headers: {}, body: Buffer.from(JSON.stringify(more[path])) };
    }
    if (path === options.authorizePath) incoming.url = withScopes(incoming.url ?? '', options.scopes);
    return passOn(portOf(provider), incoming, await buffer(incoming));
  };

  const server = createServer(async (incoming, outgoing) => {
    const answer = await answerTo(incoming);
    if (answer) outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    else incoming.socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const vendor: OidcVendor = {
    url: `http://127.0.0.1:${portOf(server)}`,
    tokenCalls,
    tokens,
    onToken: () => 'answer',
    async close() {
      for (const one of [server, provider]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
    },
  };
  return vendor;
};
