import { makeAgents } from './agents.ts';
import { checkDestination, type DestinationPolicy } from './destination.ts';
import { type Exchange, exchange } from './exchange.ts';
import type { HttpFailureCode, HttpMethod, HttpResult, OutgoingRequest } from './http-result.ts';
import { makeCheckedLookup, type Resolve, systemResolve } from './lookup.ts';

export type { HttpResult, OutgoingRequest } from './http-result.ts';

export interface HttpClientOptions {
  readonly policy: DestinationPolicy;
  readonly resolve?: Resolve;
  /** Sockets to one origin; further requests wait for one within their connect timeout. */
  readonly socketsMax?: number;
  /** Milliseconds, from any fixed moment. */
  readonly now?: () => number;
}

export interface HttpClient {
  /** Sends one request and answers with what happened; it never throws and never follows a redirect. */
  readonly send: (request: OutgoingRequest) => Promise<HttpResult>;
  /** Closes every socket, also those in use: their requests end as `reset`. */
  readonly close: () => void;
}

const SOCKETS_MAX = 16;

// They frame the message or the connection; a tenant's custom header must not be able to.
const OUR_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

// RFC 9110, section 9.2.2. A POST that may have arrived is the caller's to resolve, not ours to repeat.
const IDEMPOTENT = new Set<HttpMethod>(['GET', 'HEAD', 'PUT', 'DELETE']);

const mayRepeat = (result: Exchange, method: HttpMethod): boolean =>
  result.outcome === 'failed' && result.stale && (!result.sent || IDEMPOTENT.has(method));

const refusalOf = (request: OutgoingRequest, policy: DestinationPolicy): HttpFailureCode | URL => {
  const checked = checkDestination(request.url, policy);
  if (!checked.ok) return checked.reason === 'url.private_address' ? 'private_address' : 'invalid_request';
  const framed = Object.keys(request.headers).some((name) => OUR_HEADERS.has(name.toLowerCase()));
  return framed ? 'invalid_request' : checked.url;
};

/** A client for requests to hosts that tenants name: addresses are checked and pinned at every dial, answers are bounded. */
export const makeHttpClient = (options: HttpClientOptions): HttpClient => {
  const {
    policy,
    resolve = systemResolve,
    socketsMax = SOCKETS_MAX,
    now = () => performance.now(),
  } = options;
  const lookup = makeCheckedLookup(policy, resolve);
  const pool = makeAgents({ lookup, keepAlive: true, socketsMax });
  const fresh = makeAgents({ lookup, keepAlive: false, socketsMax });

  const run = async (request: OutgoingRequest): Promise<Exchange> => {
    const url = refusalOf(request, policy);
    if (typeof url === 'string') return { outcome: 'failed', code: url, sent: false, stale: false };
    const overall = new AbortController();
    const timer = setTimeout(() => overall.abort(), request.timeouts.totalMs);
    const ending = AbortSignal.any([overall.signal, ...(request.signal ? [request.signal] : [])]);
    const endingCode = () => (request.signal?.aborted ? 'aborted' : 'total_timeout');
    const input = { request, url, ending, endingCode };
    try {
      const first = await exchange({ ...input, agent: pool.agentFor(url) });
      return mayRepeat(first, request.method)
        ? await exchange({ ...input, agent: fresh.agentFor(url) })
        : first;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async send(request) {
      const startedAt = now();
      const result = await run(request);
      const durationMs = Math.round(now() - startedAt);
      if (result.outcome === 'response') return { ...result, durationMs };
      return { outcome: 'failed', code: result.code, sent: result.sent, durationMs };
    },
    close() {
      pool.destroy();
      fresh.destroy();
    },
  };
};
