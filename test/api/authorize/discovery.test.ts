import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeFetchKeys } from '#functions/api/authorize/discovery.ts';
import { makeHttpClient } from '#functions/platform/egress/request.ts';
import { type KeyServer, startKeyServer } from '../../harness/key-server.ts';
import { makeSigner, type Signer } from '../../harness/signer.ts';

let signer: Signer;
beforeAll(async () => {
  signer = await makeSigner('ES256');
});

let server: KeyServer;
beforeEach(async () => {
  server = await startKeyServer([signer]);
});
afterEach(() => server.stop());

const fetchFrom = async (issuer: string, allowLoopback = true) => {
  const http = makeHttpClient({ policy: { allowLoopback } });
  try {
    return await makeFetchKeys(http, issuer)();
  } catch (error) {
    expect(error).toMatchObject({ name: 'IssuerUnavailable' });
    return (error as Error).message.split(': ')[1];
  } finally {
    http.close();
  }
};

describe('discovery', () => {
  it('finds the keys where the issuer says that they are', async () => {
    expect(await fetchFrom(server.url)).toEqual({ keys: [signer.publicJwk] });
    expect(server.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('takes a closing slash for part of the name, and not of the path', async () => {
    server.instead = (path, response) =>
      response.end(
        path === '/.well-known/openid-configuration'
          ? JSON.stringify({ issuer: `${server.url}/`, jwks_uri: `${server.url}/keys` })
          : '{"keys":[]}',
      );
    expect(await fetchFrom(`${server.url}/`)).toEqual({ keys: [] });
  });

  it('believes no document of another issuer', async () => {
    server.instead = (_path, response) =>
      response.end(JSON.stringify({ issuer: 'https://other.example', jwks_uri: `${server.url}/keys` }));
    expect(await fetchFrom(server.url)).toBe('another_issuer');
    expect(server.asked).toHaveLength(1);
  });

  it('asks no private address, neither by the name of the issuer nor by what its document says', async () => {
    expect(await fetchFrom(server.url, false)).toBe('private_address');
    server.instead = (_path, response) =>
      response.end(JSON.stringify({ issuer: server.url, jwks_uri: 'http://169.254.169.254/latest' }));
    expect(await fetchFrom(server.url)).toBe('private_address');
  });

  it.each([302, 404, 500])('follows no redirect and takes no answer but 200: %d', async (status) => {
    server.instead = (_path, response) => response.writeHead(status, { location: '/elsewhere' }).end('{}');
    expect(await fetchFrom(server.url)).toBe(`status_${status}`);
    expect(server.asked).toHaveLength(1);
  });

  it.each(['', 'nonsense', '[]', '{"issuer":1}', '{"keys":[]}'])('takes %j for no document', async (text) => {
    server.instead = (_path, response) => response.end(text);
    expect(await fetchFrom(server.url)).toBe('not_a_document');
  });

  it.each(['{"keys":{}}', '{"keys":["key"]}', '{"keys":[{}]}', `{"keys":[],"pad":"${'x'.repeat(200_000)}"}`])(
    'takes no keys from a document like this: %.20s',
    async (text) => {
      server.instead = (path, response) =>
        response.end(
          path === '/keys' ? text : JSON.stringify({ issuer: server.url, jwks_uri: `${server.url}/keys` }),
        );
      expect(await fetchFrom(server.url)).toBe('not_a_document');
    },
  );

  it('waits no longer than 1.5 seconds for an answer', async () => {
    server.instead = () => {};
    expect(await fetchFrom(server.url)).toMatch(/^(headers|total)_timeout$/);
  });

  it('says so when nobody is there', async () => {
    const { url } = server;
    await server.stop();
    expect(await fetchFrom(url)).toBe('connect_failed');
    server = await startKeyServer([signer]);
  });
});
