import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';

export interface DemoReceiver {
  readonly url: string;
  /** From now on requests are verified under this secret. */
  readonly trust: (signingSecret: string) => void;
  readonly counts: { readonly verified: number; readonly refused: number };
  readonly close: () => Promise<void>;
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const isGenuine = (secret: string | undefined, body: string, request: IncomingMessage): boolean => {
  if (secret === undefined) return false;
  try {
    // Node joins repeated headers, save those that a signed request never repeats.
    new Webhook(secret).verify(body, request.headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
};

/** A customer's endpoint as one would write it: it verifies each request with the official client before it takes it. */
export const startDemoReceiver = async (): Promise<DemoReceiver> => {
  const counts = { verified: 0, refused: 0 };
  let secret: string | undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const genuine = isGenuine(secret, await readBody(request), request);
    counts[genuine ? 'verified' : 'refused'] += 1;
    response.writeHead(genuine ? 204 : 401).end();
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/crossdock`,
    trust: (signingSecret) => {
      secret = signingSecret;
    },
    counts,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
