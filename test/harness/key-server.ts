import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Signer } from './signer.ts';

export interface KeyServer {
  /** What tokens of this issuer have in `iss`. */
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  /** Whose keys it publishes from now on. */
  publish: readonly Signer[];
  /** Answers in place of the documents, while it is set. */
  instead: ((path: string, response: ServerResponse) => void) | undefined;
  readonly stop: () => Promise<void>;
}

const CONFIGURATION = '/.well-known/openid-configuration';

/** An issuer of which only the discovery document and the keys exist, and which can be made to fail. */
export const startKeyServer = async (publish: readonly Signer[]): Promise<KeyServer> => {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    keyServer.asked.push(path);
    if (keyServer.instead) return keyServer.instead(path, response);
    const keys = keyServer.publish.map(({ publicJwk }) => publicJwk);
    const document = path === CONFIGURATION ? { issuer: url, jwks_uri: `${url}/keys` } : { keys };
    return response.end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keyServer: KeyServer = {
    url,
    asked: [],
    publish,
    instead: undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return keyServer;
};
