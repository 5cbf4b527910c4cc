import type { AuthorizerVerdict, HttpEvent } from '#functions/platform/http/caller.ts';

export interface EventParts {
  readonly routeKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  /** What the authorizer said; `undefined` as on a route without one. */
  readonly caller?: AuthorizerVerdict | 'unknown' | undefined;
  /** Epoch milliseconds at which the gateway took the request. */
  readonly atMs?: number;
}

const OPERATOR: AuthorizerVerdict = { caller: 'operator', subject: 'tok_000000000000' };
export const REQUESTED_AT_MS = Date.UTC(2030, 0, 1, 12);
const UNKNOWN: AuthorizerVerdict = { caller: 'unknown', code: 'auth.token_invalid' };

/** An HTTP API event (payload format 2.0) with the parts that differ; an operator calls unless said otherwise. */
export const httpEvent = (parts: EventParts = {}): HttpEvent => {
  const { routeKey = 'GET /connections', headers = {}, isBase64Encoded = false, ...rest } = parts;
  const [method = '', path = ''] = routeKey.split(' ');
  const caller = 'caller' in parts ? parts.caller : OPERATOR;
  const verdict = caller === 'unknown' ? UNKNOWN : caller;
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { ...headers },
    isBase64Encoded,
    ...(rest.pathParameters ? { pathParameters: { ...rest.pathParameters } } : {}),
    ...(rest.query ? { queryStringParameters: { ...rest.query } } : {}),
    ...(rest.body === undefined ? {} : { body: rest.body }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey,
      stage: '$default',
      time: '01/Jan/2030:12:00:00 +0000',
      timeEpoch: parts.atMs ?? REQUESTED_AT_MS,
      // The SDK's type has no event without a verdict, which is how a public route's comes.
      authorizer: (verdict === undefined ? undefined : { lambda: verdict }) as never,
    },
  };
};
