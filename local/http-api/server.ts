import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Gateway, makeGateway } from './gateway.ts';
import type { HttpApiOptions } from './options.ts';
import { headBytes, readRequest } from './request.ts';
import { gatewayReply, type HttpReply } from './response.ts';

export interface HttpApi {
  /** The origin, without a stage name or a final slash. */
  readonly url: string;
  /** Takes no new request, waits a few seconds for those in flight, then cuts what is left. */
  readonly close: () => Promise<void>;
}

const HEAD_BYTES_MAX = 10_240;
const BODY_BYTES_MAX = 10_485_760;
// Node must accept more than the gateway allows, or it would answer for the gateway, without a body.
const PARSER_HEAD_BYTES_MAX = 65_536;
const CLOSE_GRACE_MS = 3_000;

/** The complete body, or undefined when it is over the limit. A long body is read to its end, so that the client sees the reply. */
const readBody = async (message: IncomingMessage): Promise<Buffer | undefined> => {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) chunks = [];
    else chunks.push(chunk);
  }
  return bytes > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks);
};

const answer = async (gateway: Gateway, message: IncomingMessage): Promise<HttpReply> => {
  const body = await readBody(message);
  if (headBytes(message) > HEAD_BYTES_MAX) return gatewayReply(431);
  if (!body) return gatewayReply(413);
  return gateway(readRequest(message, body));
};

const send = (
  response: ServerResponse,
  { statusCode, headers, body }: HttpReply,
  lastOfConnection: boolean,
) => {
  const hasBody = statusCode !== 204 && statusCode !== 304;
  response.writeHead(statusCode, {
    ...headers,
    ...(hasBody ? { 'content-length': body.length } : {}),
    ...(lastOfConnection ? { connection: 'close' } : {}),
  });
  response.end(hasBody ? body : undefined);
};

const refuseUnreadable = (error: NodeJS.ErrnoException, socket: Socket) => {
  if (!socket.writable) return;
  const overflow = error.code === 'HPE_HEADER_OVERFLOW';
  const { statusCode, body } = gatewayReply(overflow ? 431 : 400);
  const head = `HTTP/1.1 ${statusCode} Refused\r\nconnection: close\r\ncontent-type: application/json`;
  socket.end(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

/**
 * Serves an HTTP API on the loopback interface. Rejects with the operating system's error (EADDRINUSE) when it cannot listen, and
 * with an Error when a route or an authorizer is not one that API Gateway would accept.
 */
export const startHttpApi = async (options: HttpApiOptions): Promise<HttpApi> => {
  const gateway = makeGateway(options);
  const server = createServer({ maxHeaderSize: PARSER_HEAD_BYTES_MAX }, (message, response) => {
    answer(gateway, message)
      .catch(() => gatewayReply(500))
      .then((reply) => send(response, reply, !server.listening));
  });
  server.on('clientError', refuseUnreadable);
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        const cancel = options.clock.after(CLOSE_GRACE_MS, () => server.closeAllConnections());
        server.close(() => {
          cancel();
          resolve();
        });
      }),
  };
};
