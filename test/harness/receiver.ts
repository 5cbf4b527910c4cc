import { createServer, type IncomingHttpHeaders } from 'node:http';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Receiver {
  readonly url: string;
  readonly requests: readonly Received[];
  /** Decides the status of each answer; 204 until it is set. */
  answer: (request: Received, index: number) => number | { status: number; headers: Record<string, string> };
  readonly close: () => Promise<void>;
}

/** A destination on loopback that remembers all that it was sent. */
export const startReceiver = async (): Promise<Receiver> => {
  const requests: Received[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = { headers: incoming.headers, body: Buffer.concat(chunks) };
      const answer = receiver.answer(request, requests.push(request) - 1);
      const { status, headers } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
      outgoing.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hooks`,
    requests,
    answer: () => 204,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
};
