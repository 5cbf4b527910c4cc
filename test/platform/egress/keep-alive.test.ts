import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { client, closed, httpReceiver, post, RESPONSE_200, type Receiver, rawReceiver } from './receiver.ts';

const urlOf = (receiver: Receiver) => `http://127.0.0.1:${receiver.port}/`;

/** A receiver that answers the first request of all, and does as told with the second. */
const answersOnce = (second: (socket: Socket) => void) =>
  rawReceiver((socket, count) => {
    if (count === 2) second(socket);
    else socket.write(RESPONSE_200);
  });

describe('a kept-alive socket', () => {
  it('carries many requests', async () => {
    const receiver = await httpReceiver((_request, response) => response.end('ok'));
    const { send } = client();
    for (let n = 0; n < 20; n += 1) expect(await send(post(urlOf(receiver)))).toMatchObject({ status: 200 });
    expect(receiver.sockets).toHaveLength(1);
  });

  it('is one of no more than socketsMax to an origin', async () => {
    const receiver = await httpReceiver((_request, response) => response.end('ok'));
    const { send } = client({ socketsMax: 3 });
    const results = await Promise.all(Array.from({ length: 30 }, () => send(post(urlOf(receiver)))));
    expect(results.every((result) => result.outcome === 'response' && result.status === 200)).toBe(true);
    expect(receiver.sockets).toHaveLength(3);
  });

  it.each(['destroy', 'resetAndDestroy'] as const)(
    'that the peer closed while idle (%s) costs nothing, even a POST',
    async (close) => {
      const bodies: string[] = [];
      const receiver = await httpReceiver(async (request, response) => {
        for await (const chunk of request) bodies.push(String(chunk));
        response.end('ok');
      });
      const { send } = client();
      await send(post(urlOf(receiver)));
      receiver.sockets[0]?.[close]();
      // As after a Lambda's pause: the close is in the kernel already, but the event loop has not seen it yet.
      expect(await send(post(urlOf(receiver)))).toMatchObject({ outcome: 'response', status: 200 });
      expect(bodies).toHaveLength(2);
    },
  );

  it('that the peer closed while idle is replaced whichever of many it was', async () => {
    const receiver = await httpReceiver((_request, response) => response.end('ok'));
    const { send } = client({ socketsMax: 5 });
    const burst = () => Promise.all(Array.from({ length: 5 }, () => send(post(urlOf(receiver)))));
    await burst();
    for (const socket of receiver.sockets) socket.destroy();
    expect((await burst()).map((result) => result.outcome)).toEqual(Array(5).fill('response'));
  });

  it('that breaks after a POST was sent leaves it in doubt, and it is not repeated', async () => {
    const receiver = await answersOnce((socket) => socket.resetAndDestroy());
    const { send } = client();
    await send(post(urlOf(receiver)));
    expect(await send(post(urlOf(receiver)))).toMatchObject({ code: 'reset', sent: true });
    expect(receiver.sockets).toHaveLength(1);
  });

  it('that breaks without a byte in answer to a GET lets it be repeated on a fresh one', async () => {
    const receiver = await answersOnce((socket) => socket.resetAndDestroy());
    const { send } = client();
    const get = { ...post(urlOf(receiver), { method: 'GET' }) };
    await send(get);
    expect(await send(get)).toMatchObject({ outcome: 'response', status: 200 });
    expect(receiver.sockets).toHaveLength(2);
  });

  it('that breaks within the answer does not let even a GET be repeated', async () => {
    const receiver = await answersOnce((socket) => socket.write('HTTP/1.1 200', () => socket.destroy()));
    const { send } = client();
    const get = post(urlOf(receiver), { method: 'GET' });
    await send(get);
    expect(await send(get)).toMatchObject({ code: 'reset', sent: true });
    expect(receiver.sockets).toHaveLength(1);
  });

  it('lets a request be repeated once only', async () => {
    const receiver = await rawReceiver((socket, count) =>
      count === 1 ? void socket.write(RESPONSE_200) : void socket.resetAndDestroy(),
    );
    const { send } = client();
    const get = post(urlOf(receiver), { method: 'GET' });
    await send(get);
    expect(await send(get)).toMatchObject({ code: 'reset', sent: true });
    expect(receiver.sockets).toHaveLength(2);
  });

  it('that is fresh never lets a request be repeated', async () => {
    const receiver = await rawReceiver((socket) => socket.resetAndDestroy());
    expect(await client().send(post(urlOf(receiver), { method: 'GET' }))).toMatchObject({
      code: 'reset',
      sent: true,
    });
    expect(receiver.sockets).toHaveLength(1);
  });

  it('cannot slip an answer to the next request in beforehand', async () => {
    const forged = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged';
    const receiver = await rawReceiver((socket) => socket.write(RESPONSE_200));
    const { send } = client();
    const bodyOf = async () => {
      const result = await send(post(urlOf(receiver)));
      return result.outcome === 'response' ? Buffer.from(result.body).toString() : result;
    };
    expect(await bodyOf()).toBe('ok');
    const [socket] = receiver.sockets;
    await new Promise((done) => socket?.write(forged, done));
    expect(await bodyOf()).toBe('ok');
  });

  it('is closed with the client', async () => {
    const receiver = await httpReceiver((_request, response) => response.end('ok'));
    const { send, close } = client();
    await send(post(urlOf(receiver)));
    const [socket] = receiver.sockets;
    close();
    await closed(socket);
    expect(socket?.closed).toBe(true);
  });
});
