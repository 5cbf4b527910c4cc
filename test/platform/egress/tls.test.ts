import { createServer, type ServerOptions } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Resolve } from '../../../functions/platform/egress/lookup.ts';
import { client, listen, post, rawReceiver } from './receiver.ts';
import { CERTIFICATE_PEM, KEY_PEM } from './tls-identity.ts';

const toLoopback: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];

const tlsReceiver = (options: ServerOptions = {}) =>
  listen(
    createServer(
      { key: KEY_PEM, cert: CERTIFICATE_PEM, keepAliveTimeout: 0, ...options },
      (_request, response) => {
        response.end('ok');
      },
    ),
  );

const before = getCACertificates('default');
const trustTheReceiver = () => setDefaultCACertificates([...before, CERTIFICATE_PEM]);
const trustNoReceiver = () => setDefaultCACertificates(before);

describe('a receiver whose certificate nobody vouches for', () => {
  it('is refused before anything is sent', async () => {
    const receiver = await tlsReceiver();
    const result = await client({ resolve: toLoopback }).send(
      post(`https://receiver.test:${receiver.port}/`),
    );
    expect(result).toMatchObject({ outcome: 'failed', code: 'tls_failed', sent: false });
  });

  it('is refused even when the environment turns verification off', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const receiver = await tlsReceiver();
    const result = await client({ resolve: toLoopback }).send(
      post(`https://receiver.test:${receiver.port}/`),
    );
    expect(result).toMatchObject({ code: 'tls_failed', sent: false });
  });

  it('is refused also when it speaks no TLS at all', async () => {
    const receiver = await rawReceiver((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const result = await client({ resolve: toLoopback }).send(
      post(`https://receiver.test:${receiver.port}/`),
    );
    expect(result).toMatchObject({ code: 'tls_failed', sent: false });
  });
});

describe('a receiver with a trusted certificate', () => {
  beforeEach(trustTheReceiver);
  afterEach(trustNoReceiver);

  it('is reached under its name, with one socket for many requests', async () => {
    const receiver = await tlsReceiver();
    const { send } = client({ resolve: toLoopback });
    for (let n = 0; n < 3; n += 1) {
      expect(await send(post(`https://receiver.test:${receiver.port}/`))).toMatchObject({ status: 200 });
    }
    expect(receiver.sockets).toHaveLength(1);
  });

  it('costs nothing when it closed the idle socket, even for a POST', async () => {
    const receiver = await tlsReceiver();
    const { send } = client({ resolve: toLoopback });
    const url = `https://receiver.test:${receiver.port}/`;
    await send(post(url));
    receiver.sockets[0]?.destroy();
    expect(await send(post(url))).toMatchObject({ status: 200 });
  });

  it('is refused under another name, and by its address', async () => {
    const receiver = await tlsReceiver();
    const { send } = client({ resolve: toLoopback });
    for (const host of ['other.test', '127.0.0.1']) {
      const result = await send(post(`https://${host}:${receiver.port}/`));
      expect(result).toMatchObject({ code: 'tls_failed', sent: false });
    }
  });

  it('is refused when it offers nothing newer than TLS 1.1', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const receiver = await tlsReceiver(old);
    const result = await client({ resolve: toLoopback }).send(
      post(`https://receiver.test:${receiver.port}/`),
    );
    expect(result).toMatchObject({ code: 'tls_failed', sent: false });
  });

  it('is reached with TLS 1.2', async () => {
    const receiver = await tlsReceiver({ maxVersion: 'TLSv1.2' });
    const result = await client({ resolve: toLoopback }).send(
      post(`https://receiver.test:${receiver.port}/`),
    );
    expect(result).toMatchObject({ status: 200 });
  });

  it('fails when it wants a certificate of ours, which it says only after the request', async () => {
    const receiver = await tlsReceiver({
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    });
    const result = await client({ resolve: toLoopback }).send(
      post(`https://receiver.test:${receiver.port}/`),
    );
    expect(result).toMatchObject({ outcome: 'failed', sent: true });
  });
});
