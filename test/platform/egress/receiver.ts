import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type Server as NetServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { OutgoingRequest } from '../../../functions/platform/egress/http-result.ts';
import type { HttpClientOptions } from '../../../functions/platform/egress/request.ts';
import { makeHttpClient } from '../../../functions/platform/egress/request.ts';

export interface Receiver {
  readonly port: number;
  /** Every connection that was ever accepted. */
  readonly sockets: readonly Socket[];
}

/** Listens on a loopback address until the test is over; the port is the machine's choice unless given. */
export const listen = async (server: NetServer, host = '127.0.0.1', port = 0): Promise<Receiver> => {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  server.listen(port, host);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { port: address.port, sockets };
};

/** A receiver that speaks HTTP. It closes no idle socket by itself. */
export const httpReceiver = (answer: RequestListener): Promise<Receiver> => {
  const server: Server = createServer({ keepAliveTimeout: 0 }, answer);
  return listen(server);
};

/** A receiver that does with each connection's bytes what the test says. */
export const rawReceiver = (onBytes: (socket: Socket, count: number) => void): Promise<Receiver> => {
  let count = 0;
  return listen(
    createTcpServer((socket) => {
      socket.on('data', () => {
        count += 1;
        onBytes(socket, count);
      });
    }),
  );
};

/** A client that is closed when the test is over; private addresses are allowed unless said otherwise. */
export const client = (options: Partial<HttpClientOptions> = {}) => {
  const made = makeHttpClient({ policy: { allowLoopback: true }, ...options });
  onTestFinished(made.close);
  return made;
};

const PATIENT = { connectMs: 10_000, headersMs: 10_000, totalMs: 20_000 };

/** A POST of a small body with limits that no test reaches, but for what it changes. */
export const post = (
  url: string,
  change: Partial<Omit<OutgoingRequest, 'timeouts'>> & {
    timeouts?: Partial<OutgoingRequest['timeouts']>;
  } = {},
): OutgoingRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"a":1}'),
  responseBytesMax: 65_536,
  ...change,
  timeouts: { ...PATIENT, ...change.timeouts },
});

export const RESPONSE_200 = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Resolves when the socket is closed, however it came to that. */
export const closed = (socket: Socket | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (socket === undefined || socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
