import { once } from 'node:events';
import {
  type ClientRequest,
  type Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { failureCodeOf, type Stage, Stopped } from './failure-code.ts';
import type { HttpFailureCode, HttpResponse, OutgoingRequest } from './http-result.ts';
import { headersOf, readBody } from './response.ts';

interface ExchangeInput {
  readonly request: OutgoingRequest;
  readonly url: URL;
  readonly agent: HttpAgent;
  /** Ends the exchange from outside; its `reason` is not read. */
  readonly ending: AbortSignal;
  /** What an end from outside is called. */
  readonly endingCode: () => HttpFailureCode;
}

/** `stale`: the socket came from the pool and broke before one byte of an answer to this request. */
export type Exchange =
  | Omit<HttpResponse, 'durationMs'>
  | {
      readonly outcome: 'failed';
      readonly code: HttpFailureCode;
      readonly sent: boolean;
      readonly stale: boolean;
    };

interface Progress {
  stage: Stage;
  sent: boolean;
  pooled: { readonly socket: Socket; readonly bytesRead: number } | undefined;
}

const open = ({ request, url, agent }: ExchangeInput): ClientRequest => {
  // Node announces no body of a GET or a DELETE by itself: the peer would take it for another request.
  const framing = request.body === undefined ? {} : { 'content-length': request.body.byteLength };
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return start(url, {
    method: request.method,
    headers: { ...request.headers, ...framing },
    agent,
    insecureHTTPParser: false,
  });
};

const connect = async (outgoing: ClientRequest, progress: Progress): Promise<void> => {
  const [socket]: Socket[] = await once(outgoing, 'socket');
  if (socket === undefined) return;
  if (outgoing.reusedSocket) {
    progress.stage = 'connected';
    progress.pooled = { socket, bytesRead: socket.bytesRead };
    // The peer may have closed this socket while we were idle, or frozen, and the news waits in the kernel. Two turns make
    // sure that the event loop has polled once; a closed socket then fails here, before anything was sent.
    await turn();
    await turn();
    // Nor can bytes that came unasked (a 408 for idling, say) be the answer to a request that we have not sent yet.
    if (socket.bytesRead !== progress.pooled.bytesRead) throw new Stopped('reset');
    return;
  }
  if (socket.destroyed) throw socket.errored ?? new Stopped('connect_failed');
  if (socket.connecting) await once(socket, 'connect');
  progress.stage = 'securing';
  if (socket instanceof TLSSocket) await once(socket, 'secureConnect');
  progress.stage = 'connected';
};

/** Rejects when the request breaks or is stopped, whichever step it is in; `within` bounds one step. */
const watch = (outgoing: ClientRequest, { ending, endingCode }: ExchangeInput) => {
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  const stop = (code: HttpFailureCode) => broken.reject(new Stopped(code));
  const end = () => stop(endingCode());
  let responded = false;
  outgoing.on('error', broken.reject);
  outgoing.once('response', () => {
    responded = true;
  });
  // An answer of 101 closes the request without an error.
  outgoing.once('close', () => responded || broken.reject(new Stopped('reset')));
  ending.addEventListener('abort', end);
  if (ending.aborted) end();

  const until = <T>(step: Promise<T>): Promise<T> => Promise.race([step, broken.promise]);
  const within = async <T>(limitMs: number, code: HttpFailureCode, step: Promise<T>): Promise<T> => {
    const timer = setTimeout(stop, limitMs, code);
    return until(step).finally(() => clearTimeout(timer));
  };
  return { until, within, release: () => ending.removeEventListener('abort', end) };
};

const converse = async (outgoing: ClientRequest, input: ExchangeInput, progress: Progress) => {
  const { body, timeouts, responseBytesMax } = input.request;
  const { until, within, release } = watch(outgoing, input);
  try {
    await within(timeouts.connectMs, 'connect_timeout', connect(outgoing, progress));
    const responded: Promise<IncomingMessage[]> = once(outgoing, 'response');
    const finished = once(outgoing, 'finish');
    progress.sent = true;
    outgoing.end(body);
    await until(Promise.race([finished, responded]));
    const [response] = await within(timeouts.headersMs, 'headers_timeout', responded);
    if (response === undefined) throw new Stopped('invalid_response');
    const read = await until(readBody(response, responseBytesMax));
    return {
      outcome: 'response' as const,
      status: response.statusCode ?? 0,
      headers: headersOf(response),
      ...read,
    };
  } finally {
    release();
  }
};

/** Sends one request on one socket of `agent` and reads the response; never throws. On failure the socket is destroyed. */
export const exchange = async (input: ExchangeInput): Promise<Exchange> => {
  const progress: Progress = { stage: 'connecting', sent: false, pooled: undefined };
  let outgoing: ClientRequest;
  try {
    outgoing = open(input);
  } catch {
    // A header name or value that HTTP does not allow.
    return { outcome: 'failed', code: 'invalid_request', sent: false, stale: false };
  }
  try {
    const response = await converse(outgoing, input, progress);
    if (response.truncated) outgoing.destroy();
    return response;
  } catch (error) {
    outgoing.destroy();
    const { stage, sent, pooled } = progress;
    const code = failureCodeOf(error, stage);
    const unanswered = pooled !== undefined && (!sent || pooled.socket.bytesRead === pooled.bytesRead);
    return { outcome: 'failed', code, sent, stale: code === 'reset' && unanswered };
  }
};
