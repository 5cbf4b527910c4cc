import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A destination on loopback that answers 204 and notes when it first had each event. */
export interface Receiver {
  readonly url: string;
  /** Event id → `performance.now()` when the whole request was there. */
  readonly arrivals: ReadonlyMap<string, number>;
  /** Requests for an event that had arrived before. */
  readonly repeated: () => number;
  /** All bytes that came over the wire, heads included. */
  readonly bytes: () => number;
  readonly close: () => Promise<void>;
}

/** Starts a receiver on a port that the system chooses. */
export const startReceiver = async (): Promise<Receiver> => {
  const arrivals = new Map<string, number>();
  const sockets: Socket[] = [];
  let repeated = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      if (arrivals.has(id)) repeated += 1;
      else arrivals.set(id, performance.now());
      response.writeHead(204).end();
    });
  });
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    arrivals,
    repeated: () => repeated,
    bytes: () => sockets.reduce((total, { bytesRead }) => total + bytesRead, 0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
