import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A reply of the engine, read to its end. */
export interface EngineReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Calls the engine over connections that stay open. Both reject when the engine cannot be reached. */
export interface EngineClient {
  /** Sends `body` under the caller's headers. */
  call(headers: IncomingHttpHeaders, body: Buffer): Promise<EngineReply>;
  /** Passes the caller's own body on as it comes; the reply is not read yet. */
  relay(request: IncomingMessage): Promise<IncomingMessage>;
  close(): void;
}

// Headers of one connection, not of the message; compression would hide the reply from the one who counts.
const PER_CONNECTION = [
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
];

/** The headers to pass on, in either direction. */
export const endToEndHeaders = (headers: IncomingHttpHeaders): IncomingHttpHeaders => {
  const kept = { ...headers };
  for (const name of PER_CONNECTION) delete kept[name];
  return kept;
};

/** A client for the engine at that URL. */
export const engineClient = (engine: string): EngineClient => {
  const { hostname, port } = new URL(engine);
  const agent = new Agent({ keepAlive: true });
  const open = (headers: IncomingHttpHeaders, length: string | number | undefined) => {
    const sent = { ...endToEndHeaders(headers), ...(length !== undefined && { 'content-length': length }) };
    return httpRequest({ agent, hostname, port, method: 'POST', path: '/', headers: sent });
  };
  const answerTo = (outgoing: ReturnType<typeof httpRequest>): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
    });
  return {
    async call(headers, body) {
      const outgoing = open(headers, body.length);
      const answer = answerTo(outgoing);
      outgoing.end(body);
      const reply = await answer;
      return { status: reply.statusCode ?? 500, headers: reply.headers, body: await buffer(reply) };
    },
    relay(request) {
      const outgoing = open(request.headers, request.headers['content-length']);
      request.on('error', (error) => outgoing.destroy(error));
      return answerTo(request.pipe(outgoing));
    },
    close: () => agent.destroy(),
  };
};
