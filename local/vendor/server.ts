import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  fieldsOf,
  jsonReply,
  passOn,
  type Reply,
  resource,
  revocation,
  token,
  type Vendor,
} from './answers.ts';
import { startAuthorizationServer } from './authorization-server.ts';
import type { VendorClient, VendorProfile } from './profile.ts';

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
  /** Ends the grant of a token there, as its user can at the vendor itself. */
  readonly end: (name: string, token: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

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
  ): Promise<Reply> => {
    if (call.kind === 'token') return token(vendor, incoming, call.fields, onToken);
    if (call.kind === 'resource') return jsonReply(await resource(vendor, incoming, path));
    return jsonReply(await revocation(vendor, client, incoming, call.fields));
  };

  /** Undefined when the caller is to get no answer; it never resolves when he is to wait for one. */
  return async (vendor: Vendor, incoming: IncomingMessage, target: string): Promise<Reply | undefined> => {
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
    if (fate === 'fail') return jsonReply({ status: 503, json: {} });
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
    end: async (name, ended) => vendors.get(name)?.server.revoke(ended),
    async close() {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await Promise.all([...vendors.values()].map(({ server }) => server.close()));
    },
  };
};
