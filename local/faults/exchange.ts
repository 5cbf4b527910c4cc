import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { endToEndHeaders } from '../dynamodb/engine-client.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request that was read to its end, to be passed on as it is or with another body. */
export interface Outgoing {
  readonly method: string;
  /** Where it goes: a URL with its path. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | string;
}

/** Passes requests on over connections that stay open; rejects when the other side cannot be reached. */
export const makeForward = () => {
  const agent = new Agent({ keepAlive: true });
  const forward = ({ method, url, headers, body }: Outgoing): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const sent = { ...endToEndHeaders(headers), 'content-length': Buffer.byteLength(body) };
      const outgoing = httpRequest(url, { agent, method, headers: sent }, (reply: IncomingMessage) => {
        buffer(reply).then(
          (bytes) => resolve({ status: reply.statusCode ?? 500, headers: reply.headers, body: bytes }),
          reject,
        );
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  return { forward, close: () => agent.destroy() };
};
