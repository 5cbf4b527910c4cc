import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { InvokeResult } from '../../../local/http-api/options.ts';
import { answered, recordedApi, routesTo } from './recorded-api.ts';

const rawReply = (url: string, request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });

/** An invocation that starts, and ends only when the test says how. */
const heldInvocation = () => {
  const started = Promise.withResolvers<void>();
  const result = Promise.withResolvers<InvokeResult>();
  const invoke = () => {
    started.resolve();
    return result.promise;
  };
  return { invoke, started: started.promise, finish: result.resolve };
};

describe('limits', () => {
  it('a body of 10 MB passes and one byte more is 413', async () => {
    const { calls, send } = await recordedApi();
    const body = Buffer.alloc(10_485_760, 'x');
    expect((await send({ method: 'POST', body })).statusCode).toBe(200);
    const reply = await send({ method: 'POST', body: Buffer.concat([body, Buffer.from('x')]) });
    expect(reply).toMatchObject({ statusCode: 413, body: '{"message":"Request Entity Too Large"}' });
    expect(calls).toHaveLength(1);
  });

  it('a request line with headers of 10 240 bytes passes and one byte more is 431', async () => {
    const { calls, url } = await recordedApi();
    const requestOf = (bytes: number) => {
      const [before, after] = ['GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Pad: ', '\r\n'];
      return `${before}${'x'.repeat(bytes - before.length - after.length)}${after}\r\n`;
    };
    expect(await rawReply(url, requestOf(10_240))).toMatch(/^HTTP\/1\.1 200 /);
    const refused = await rawReply(url, requestOf(10_241));
    expect(refused).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*\r\n\r\n\{"message":"Request Header Fields Too Large"\}$/,
    );
    expect(await rawReply(url, requestOf(100_000))).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*Header Fields Too Large"\}$/,
    );
    expect(calls).toHaveLength(1);
  });

  it('what is not HTTP is 400', async () => {
    const { url } = await recordedApi();
    expect(await rawReply(url, 'nonsense\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*\{"message":"Bad Request"\}$/,
    );
  });
});

describe('a function that gives no answer', () => {
  it.each<['error' | 'timeout' | 'throttled', number, string]>([
    ['error', 500, 'Internal Server Error'],
    ['timeout', 500, 'Internal Server Error'],
    ['throttled', 503, 'Service Unavailable'],
  ])('because of %s makes %i', async (reason, statusCode, message) => {
    const { send } = await recordedApi({ invoke: async () => ({ ok: false, reason }) });
    expect(await send({})).toMatchObject({ statusCode, body: JSON.stringify({ message }) });
  });

  it('for 30 seconds, or for the time set for its route, makes 503', async () => {
    for (const [given, timeoutMs] of [
      [{}, 30_000],
      [{ timeoutMs: 5_000 }, 5_000],
    ] as const) {
      const { invoke, started } = heldInvocation();
      const routes = routesTo(['$default']).map((route) => ({ ...route, ...given }));
      const { clock, send } = await recordedApi({ invoke, routes });
      const reply = send({});
      await started;
      await clock.advance(timeoutMs);
      expect(await reply).toMatchObject({ statusCode: 503, body: '{"message":"Service Unavailable"}' });
    }
  });

  it('because the runner itself broke makes 500', async () => {
    const { send } = await recordedApi({ invoke: () => Promise.reject(new Error('no worker')) });
    expect((await send({})).statusCode).toBe(500);
  });
});

describe('the server', () => {
  it('answers 404 where no route matches', async () => {
    const { send } = await recordedApi({ routes: routesTo(['GET /events']) });
    const reply = await send({ method: 'POST', path: '/events' });
    expect(reply).toMatchObject({ statusCode: 404, body: '{"message":"Not Found"}' });
    expect(reply.headers['content-type']).toBe('application/json');
  });

  it('serves fetch over a kept connection', async () => {
    const { calls, url } = await recordedApi({
      invoke: async () => answered({ statusCode: 202, body: 'taken' }),
    });
    for (const path of ['/one', '/two']) {
      const response = await fetch(url + path, { method: 'POST', body: new URLSearchParams({ a: '1' }) });
      expect([response.status, await response.text()]).toEqual([202, 'taken']);
    }
    expect(calls.map(({ event }) => [event.rawPath, event.body])).toEqual([
      ['/one', 'YT0x'],
      ['/two', 'YT0x'],
    ]);
  });

  it("rejects with the operating system's error when the port is taken", async () => {
    const { url } = await recordedApi();
    const second = recordedApi({ port: Number(new URL(url).port) });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
  });

  it('finishes what is in flight before it has closed, and takes nothing new', async () => {
    const { invoke, started, finish } = heldInvocation();
    const { close, send } = await recordedApi({ invoke });
    const inFlight = send({});
    await started;
    const closed = close();
    await expect(send({})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    finish(answered({ late: true }));
    expect((await inFlight).body).toBe('{"late":true}');
    await closed;
  });

  it('cuts what is still in flight after three seconds of closing', async () => {
    const { invoke, started } = heldInvocation();
    const { clock, close, send } = await recordedApi({ invoke });
    const inFlight = send({});
    const cut = expect(inFlight).rejects.toMatchObject({ code: 'ECONNRESET' });
    await started;
    const closed = close();
    await clock.advance(3_000);
    await closed;
    await cut;
  });
});
