import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { client, closed, httpReceiver, listen, post, RESPONSE_200, rawReceiver } from './receiver.ts';

const text = (result: object): string =>
  'body' in result ? Buffer.from(result.body as Uint8Array).toString() : '';

describe('send', () => {
  it('sends the very bytes with our framing, and answers with status, headers and body', async () => {
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const receiver = await httpReceiver((request, response) => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.writeHead(201, {
        'X-Length': request.headers['content-length'],
        'X-Host': request.headers.host,
      });
      request.pipe(response);
    });
    const result = await client().send(post(`http://127.0.0.1:${receiver.port}/p?q=1`, { body }));
    expect(result).toMatchObject({ outcome: 'response', status: 201, truncated: false, body });
    expect(result).toMatchObject({
      headers: { 'set-cookie': 'a=1, b=2', 'x-length': '256', 'x-host': `127.0.0.1:${receiver.port}` },
    });
  });

  it.each(['DELETE', 'PUT', 'PATCH', 'GET'] as const)('frames the body of a %s too', async (method) => {
    const receiver = await httpReceiver((request, response) => request.pipe(response));
    const request = { ...post(`http://127.0.0.1:${receiver.port}/`, { body: Buffer.from('whole') }), method };
    expect(text(await client().send(request))).toBe('whole');
  });

  it('tells how long it took by the clock that it was given', async () => {
    const receiver = await httpReceiver((_request, response) => response.end());
    const times = [1_000, 1_042.4];
    const { send } = client({ now: () => times.shift() ?? 0 });
    expect(await send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({ durationMs: 42 });
  });

  it('never follows a redirect', async () => {
    const target = await httpReceiver((_request, response) => response.end());
    const receiver = await httpReceiver((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${target.port}/` }).end();
    });
    expect(await client().send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({ status: 307 });
    expect([receiver.sockets.length, target.sockets.length]).toEqual([1, 0]);
  });

  it('leaves a compressed answer as it came', async () => {
    const zipped = gzipSync('hello');
    const receiver = await httpReceiver((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped);
    });
    const result = await client().send(post(`http://127.0.0.1:${receiver.port}/`));
    expect(result).toMatchObject({ status: 200, body: new Uint8Array(zipped) });
  });

  it('reads an endless answer only up to the cap, and then closes the socket', async () => {
    const receiver = await httpReceiver((_request, response) => {
      const pour = () => {
        while (response.write('x'.repeat(16_384)));
      };
      response.on('drain', pour);
      pour();
    });
    const result = await client().send(
      post(`http://127.0.0.1:${receiver.port}/`, { responseBytesMax: 1_000 }),
    );
    expect(result).toMatchObject({ outcome: 'response', status: 200, truncated: true });
    expect(text(result)).toBe('x'.repeat(1_000));
    const [socket] = receiver.sockets;
    await closed(socket);
    expect(socket?.closed).toBe(true);
  });

  it('does not call an answer of exactly the cap truncated', async () => {
    const receiver = await httpReceiver((_request, response) => response.end('x'.repeat(1_000)));
    const result = await client().send(
      post(`http://127.0.0.1:${receiver.port}/`, { responseBytesMax: 1_000 }),
    );
    expect(result).toMatchObject({ truncated: false });
    expect(text(result)).toHaveLength(1_000);
  });

  it.each(['Host', 'content-length', 'Transfer-Encoding', 'connection', 'expect', 'upgrade'])(
    'refuses a request that sets the framing header %s itself',
    async (name) => {
      const request = post('http://127.0.0.1/', { headers: { [name]: 'x' } });
      expect(await client().send(request)).toMatchObject({ code: 'invalid_request', sent: false });
    },
  );

  it.each([
    ['x-a', 'b\r\nx-c: d'],
    ['x a', 'b'],
    ['', 'b'],
  ])('refuses the header %j: %j', async (name, value) => {
    const request = post('http://127.0.0.1/', { headers: { [name]: value } });
    expect(await client().send(request)).toMatchObject({ code: 'invalid_request', sent: false });
  });

  it('refuses a URL that would be refused at save', async () => {
    const { send } = client({ policy: { allowLoopback: false } });
    for (const url of [
      'http://example.com/',
      'https://a:b@example.com/',
      'https://example.com:25/',
      'nonsense',
    ]) {
      expect(await send(post(url))).toMatchObject({ code: 'invalid_request', sent: false });
    }
  });
});

describe('a timeout', () => {
  const never = () => new Promise<never>(() => {});

  it('of the connection covers the name look-up, and nothing was sent', async () => {
    const request = post('http://hooks.localhost/', { timeouts: { connectMs: 20 } });
    expect(await client({ resolve: never }).send(request)).toMatchObject({
      code: 'connect_timeout',
      sent: false,
    });
  });

  it('of the connection covers the TLS handshake', async () => {
    const receiver = await rawReceiver(() => {});
    const request = post(`https://127.0.0.1:${receiver.port}/`, { timeouts: { connectMs: 50 } });
    expect(await client().send(request)).toMatchObject({ code: 'connect_timeout', sent: false });
  });

  it('of the connection covers the wait for a free socket', async () => {
    const receiver = await httpReceiver(() => {});
    const { send } = client({ socketsMax: 1 });
    const url = `http://127.0.0.1:${receiver.port}/`;
    const occupying = send(post(url, { timeouts: { headersMs: 500 } }));
    expect(await send(post(url, { timeouts: { connectMs: 20 } }))).toMatchObject({
      code: 'connect_timeout',
      sent: false,
    });
    expect(await occupying).toMatchObject({ code: 'headers_timeout', sent: true });
    expect(receiver.sockets).toHaveLength(1);
  });

  it('of the headers leaves the request in doubt', async () => {
    const receiver = await httpReceiver(() => {});
    const request = post(`http://127.0.0.1:${receiver.port}/`, { timeouts: { headersMs: 50 } });
    expect(await client().send(request)).toMatchObject({ code: 'headers_timeout', sent: true });
  });

  it('of the whole ends a body that drips', async () => {
    const receiver = await httpReceiver((request, response) => {
      const drip = setInterval(() => response.write('x'), 5);
      request.socket.on('close', () => clearInterval(drip));
    });
    const request = post(`http://127.0.0.1:${receiver.port}/`, { timeouts: { totalMs: 200 } });
    expect(await client().send(request)).toMatchObject({ code: 'total_timeout', sent: true });
  });

  it('of the whole ends an upload that the peer does not read', async () => {
    const receiver = await listen(createServer({ pauseOnConnect: true }));
    const body = new Uint8Array(32 * 1024 * 1024);
    const request = post(`http://127.0.0.1:${receiver.port}/`, {
      body,
      timeouts: { headersMs: 1, totalMs: 300 },
    });
    expect(await client().send(request)).toMatchObject({ code: 'total_timeout', sent: true });
  });

  it('may come from the caller, before or after the request was sent', async () => {
    const receiver = await httpReceiver(() => controller.abort());
    const controller = new AbortController();
    const url = `http://127.0.0.1:${receiver.port}/`;
    expect(await client().send(post(url, { signal: controller.signal }))).toMatchObject({
      code: 'aborted',
      sent: true,
    });
    expect(await client().send(post(url, { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'aborted',
      sent: false,
    });
  });
});

describe('a broken exchange', () => {
  it('is connect_failed when nobody listens', async () => {
    const receiver = await httpReceiver(() => {});
    // 127.0.0.4 has no listener on that port.
    const result = await client().send(post(`http://127.0.0.4:${receiver.port}/`));
    expect(result).toMatchObject({ outcome: 'failed', code: 'connect_failed', sent: false });
  });

  it.each([
    ['before the response', ''],
    ['within the headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['within a chunked body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('is a reset in doubt when the peer closes %s', async (_name, bytes) => {
    for (const close of ['end', 'resetAndDestroy'] as const) {
      const receiver = await rawReceiver((socket) => socket.write(bytes, () => socket[close]()));
      const result = await client().send(post(`http://127.0.0.1:${receiver.port}/`));
      expect(result).toMatchObject({ outcome: 'failed', code: 'reset', sent: true });
      expect(receiver.sockets).toHaveLength(1);
    }
  });

  it.each([
    ['is not HTTP', 'SSH-2.0-canary\r\n'],
    ['has headers without end', `HTTP/1.1 200 OK\r\nX-Canary: ${'x'.repeat(100_000)}`],
    ['is framed twice', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\ncanary'],
    ['has a broken chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n'],
  ])('is invalid_response when the answer %s, and quotes none of it', async (_name, bytes) => {
    const receiver = await rawReceiver((socket) => socket.write(bytes));
    const result = await client().send(post(`http://127.0.0.1:${receiver.port}/`));
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_response', sent: true });
    expect(Object.keys(result).sort()).toEqual(['code', 'durationMs', 'outcome', 'sent']);
  });

  it('is a reset when the peer switches to a protocol that nobody asked for', async () => {
    const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: canary\r\n\r\n';
    const receiver = await rawReceiver((socket) => socket.write(switching));
    expect(await client().send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({
      code: 'reset',
      sent: true,
    });
  });

  it('is a reset for what is under way when the client is closed', async () => {
    const { send, close } = client();
    const receiver = await httpReceiver(() => close());
    expect(await send(post(`http://127.0.0.1:${receiver.port}/`))).toMatchObject({
      code: 'reset',
      sent: true,
    });
  });

  it('is not what an early answer to a request still being uploaded is', async () => {
    const receiver = await rawReceiver((socket, count) => void (count === 1 && socket.write(RESPONSE_200)));
    const body = new Uint8Array(1024 * 1024);
    expect(await client().send(post(`http://127.0.0.1:${receiver.port}/`, { body }))).toMatchObject({
      status: 200,
    });
  });
});
