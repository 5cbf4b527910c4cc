import { once } from 'node:events';
import { createServer, type IncomingMessage, request as requestOf } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.ts';
import type { Answer, VendorClient, VendorProfile } from './profile.ts';

/** A call of a vendor's API by our product: not what a user's browser asks for. */
export interface VendorCall {
  readonly vendor: string;
  readonly kind: 'token' | 'resource' | 'revocation';
  readonly headers: IncomingMessage['headers'];
  /** Fields of the body, form or JSON. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What becomes of a call: answered; refused with a 503; the answer lost after the vendor has acted; or none, ever. */
export type Fate = 'answer' | 'fail' | 'lose' | 'hang';

export interface VendorsOptions {
  /** By name, which is where each is below the address. */
  readonly profiles: Readonly<Record<string, VendorProfile>>;
  readonly client: VendorClient;
  /** Where users may be sent back to. */
  readonly takesRedirectUri: (uri: string) => boolean;
  /** Sees each call first. @default all are answered */
  readonly onCall?: (call: VendorCall) => Fate | Promise<Fate>;
  /** Sees each token that is given away. */
  readonly onToken?: (token: string) => void;
}

export interface Vendors {
  /** The base URL of one of them: what `VendorUrls` wants. */
  readonly url: (name: string) => string;
  readonly close: () => Promise<void>;
}

interface Passed {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Vendor {
  readonly name: string;
  readonly profile: VendorProfile;
  readonly server: AuthorizationServer;
}

const jsonReply = ({ status, json }: Answer): Passed => ({
  status,
  headers: json === undefined ? {} : { 'content-type': 'application/json' },
  body: Buffer.from(json === undefined ? '' : JSON.stringify(json)),
});

const UNAVAILABLE: Answer = { status: 503, json: {} };
const REFUSED: Answer = { status: 401, json: {} };

const isJson = ({ headers }: IncomingMessage) => headers['content-type'] === 'application/json';

const fieldsOf = (incoming: IncomingMessage, body: Buffer): Record<string, string> =>
  isJson(incoming) && body.length > 0
    ? JSON.parse(body.toString())
    : Object.fromEntries(new URLSearchParams(body.toString()));

/** A vendor whose clients name no scopes has them on record. */
const withScopes = (path: string, scopes: readonly string[]): string =>
  /[?&]scope=/.test(path) ? path : `${path}&scope=${encodeURIComponent(scopes.join(' '))}`;

/** OAuth separates scopes by spaces, some vendors by commas. */
const withSpaces = (path: string): string => {
  const url = new URL(path, 'http://vendor');
  const scope = url.searchParams.get('scope');
  if (scope?.includes(',')) url.searchParams.set('scope', scope.replaceAll(',', ' '));
  return `${url.pathname}${url.search}`;
};

/** Passes a request on to the OAuth server. */
const passOn = async (
  port: number,
  incoming: IncomingMessage,
  path: string,
  body: Buffer,
): Promise<Passed> => {
  const { host: _host, 'content-length': _length, ...headers } = incoming.headers;
  const outgoing = requestOf({
    port,
    host: '127.0.0.1',
    method: incoming.method,
    path,
    headers: { ...headers, ...(body.length > 0 ? { 'content-length': body.length } : {}) },
  });
  outgoing.end(body);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (!answer) throw new Error('The OAuth server did not answer');
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
};

/** Gives tokens for codes and refresh tokens. A vendor that takes nothing but JSON refuses anything else. */
const token = async (
  { profile, server }: Vendor,
  incoming: IncomingMessage,
  fields: Readonly<Record<string, string>>,
  onToken: VendorsOptions['onToken'],
): Promise<Passed> => {
  if (isJson(incoming) !== (profile.clientAuth === 'json')) return jsonReply({ status: 415, json: {} });
  incoming.headers['content-type'] = 'application/x-www-form-urlencoded';
  const form = Buffer.from(new URLSearchParams(fields).toString());
  const { status, body } = await passOn(server.port, incoming, profile.tokenPath, form);
  const json = { ...JSON.parse(body.toString()), ...(status === 200 ? profile.grant : {}) };
  for (const given of [json.access_token, json.refresh_token, json.id_token]) if (given) onToken?.(given);
  return jsonReply({ status, json });
};

const bearerOf = ({ profile: { scheme = 'Bearer' } }: Vendor, { headers }: IncomingMessage): string => {
  const [name, value = ''] = (headers.authorization ?? '').split(' ');
  return name === scheme ? value : '';
};

const resource = async (vendor: Vendor, incoming: IncomingMessage, path: string): Promise<Answer> => {
  const info = await vendor.server.infoOf(bearerOf(vendor, incoming));
  const found = vendor.profile.resources?.[path];
  if (!info || found === undefined) return vendor.profile.refusal ?? REFUSED;
  return { status: 200, json: typeof found === 'function' ? found(info) : found };
};

const formDecoded = (text: string) => new URLSearchParams(`v=${text}`).get('v');

/** Whether a call comes from our app. HTTP Basic has both parts form-encoded (RFC 6749 §2.3.1). */
const proves = (
  how: 'basic' | 'form' | 'none',
  { id, secret }: VendorClient,
  { headers }: IncomingMessage,
  fields: Readonly<Record<string, string>>,
): boolean => {
  if (how === 'form') return fields['client_id'] === id && fields['client_secret'] === secret;
  const pair = Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
  const [givenId, givenSecret] = pair.split(':').map(formDecoded);
  return how === 'none' || (givenId === id && givenSecret === secret);
};

/** Ends a grant, for whoever proves to be our app where the vendor asks for that. */
const revocation = async (
  vendor: Vendor,
  client: VendorClient,
  incoming: IncomingMessage,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> => {
  const { revocation: how } = vendor.profile;
  if (!how || !proves(how.client, client, incoming, fields)) return REFUSED;
  const query = new URL(incoming.url ?? '', 'http://vendor').searchParams;
  const named =
    how.field === undefined ? bearerOf(vendor, incoming) : (fields[how.field] ?? query.get(how.field));
  if (!named) return { status: 400, json: {} };
  await vendor.server.revoke(named);
  return how.answer;
};

const kindOf = ({ profile }: Vendor, method: string, path: string): VendorCall['kind'] | undefined => {
  if (path === profile.tokenPath) return 'token';
  if (profile.revocation?.path === path && profile.revocation.method === method) return 'revocation';
  return Object.hasOwn(profile.resources ?? {}, path) ? 'resource' : undefined;
};

const makeAnswer = ({ client, onCall, onToken }: VendorsOptions) => {
  const act = async (
    vendor: Vendor,
    call: VendorCall,
    incoming: IncomingMessage,
    path: string,
  ): Promise<Passed> => {
    if (call.kind === 'token') return token(vendor, incoming, call.fields, onToken);
    if (call.kind === 'resource') return jsonReply(await resource(vendor, incoming, path));
    return jsonReply(await revocation(vendor, client, incoming, call.fields));
  };

  /** Undefined when the caller is to get no answer; it never resolves when he is to wait for one. */
  return async (vendor: Vendor, incoming: IncomingMessage, target: string): Promise<Passed | undefined> => {
    const [path = ''] = target.split('?');
    const kind = kindOf(vendor, incoming.method ?? '', path);
    const body = await buffer(incoming);
    const { profile, server, name } = vendor;
    if (kind === undefined) {
      const asks = path === profile.authorizePath;
      return passOn(
        server.port,
        incoming,
        asks ? withSpaces(withScopes(target, profile.scopes)) : target,
        body,
      );
    }
    const fields = fieldsOf(incoming, body);
    const call = { vendor: name, kind, headers: { ...incoming.headers }, fields };
    const fate = (await onCall?.(call)) ?? 'answer';
    if (fate === 'hang') return new Promise(() => {});
    if (fate === 'fail') return jsonReply(UNAVAILABLE);
    const answer = await act(vendor, call, incoming, path);
    return fate === 'lose' ? undefined : answer;
  };
};

/**
 * Starts vendors for OAuth on one free port of the loopback interface, each below its name: real OAuth servers, with each
 * vendor's own paths, its way for our app to prove itself, and what it tells about the owner of a token.
 */
export const startVendors = async (options: VendorsOptions): Promise<Vendors> => {
  const { client, takesRedirectUri } = options;
  const started = Object.entries(options.profiles).map(async ([name, profile]): Promise<[string, Vendor]> => {
    const server = await startAuthorizationServer({ profile, client, prefix: `/${name}`, takesRedirectUri });
    return [name, { name, profile, server }];
  });
  const vendors = new Map(await Promise.all(started));
  const answerTo = makeAnswer(options);
  const front = createServer(async (incoming, outgoing) => {
    const [, name = '', target = '/'] = /^\/([^/?]+)(\/.*)$/.exec(incoming.url ?? '') ?? [];
    const vendor = vendors.get(name);
    const answer = vendor
      ? await answerTo(vendor, incoming, target).catch(() => undefined)
      : jsonReply({ status: 404 });
    if (answer) outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    else incoming.socket.destroy();
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const { port } = front.address() as AddressInfo;
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    async close() {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await Promise.all([...vendors.values()].map(({ server }) => server.close()));
    },
  };
};
