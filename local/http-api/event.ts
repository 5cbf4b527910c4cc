import { type HttpRequest, joinRepeated } from './request.ts';
import { decodeLeniently } from './routes.ts';

export interface RequestContext {
  readonly accountId: string;
  readonly apiId: string;
  readonly authorizer?: { readonly lambda: unknown };
  readonly domainName: string;
  readonly domainPrefix: string;
  readonly http: {
    readonly method: string;
    readonly path: string;
    readonly protocol: string;
    readonly sourceIp: string;
    readonly userAgent: string;
  };
  readonly requestId: string;
  readonly routeKey: string;
  readonly stage: string;
  readonly time: string;
  readonly timeEpoch: number;
}

/** The event of payload format 2.0; a part that would be empty is absent. */
export interface HttpEvent {
  readonly version: '2.0';
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly requestContext: RequestContext;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

export interface EventOrigin {
  readonly account: string;
  readonly apiId: string;
  readonly stageName: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly nowMs: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const logTime = (nowMs: number): string => {
  const [year, month, day, time] = new Date(nowMs).toISOString().split(/[-T.]/);
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
};

// Form posts and bodies without a content type do arrive as base64 on AWS: only these types are passed as text.
const TEXT_TYPE = /^(text\/.+|application\/(json|javascript|xml))\s*(;|$)/i;

const bodyOf = ({ body, headers }: HttpRequest): Pick<HttpEvent, 'body' | 'isBase64Encoded'> => {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '');
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
};

const contextOf = (request: HttpRequest, origin: EventOrigin, path: string): RequestContext => ({
  accountId: origin.account,
  apiId: origin.apiId,
  domainName: request.headers['host'] ?? 'localhost',
  domainPrefix: origin.apiId,
  http: {
    method: request.method,
    path,
    protocol: request.protocol,
    sourceIp: request.sourceIp,
    userAgent: request.headers['user-agent'] ?? '',
  },
  requestId: origin.requestId,
  routeKey: origin.routeKey,
  stage: origin.stageName,
  time: logTime(origin.nowMs),
  timeEpoch: origin.nowMs,
});

const isEmpty = (record: object): boolean => Object.keys(record).length === 0;

/** The event that a route's function gets for a request. The path is decoded, even %2F, while the query string is not. */
export const httpEvent = (request: HttpRequest, origin: EventOrigin): HttpEvent => {
  const path = decodeLeniently(request.path);
  const query = joinRepeated(new URLSearchParams(request.queryString));
  return {
    version: '2.0',
    routeKey: origin.routeKey,
    rawPath: path,
    rawQueryString: request.queryString,
    ...(request.cookies.length === 0 ? {} : { cookies: request.cookies }),
    headers: request.headers,
    ...(isEmpty(query) ? {} : { queryStringParameters: query }),
    requestContext: contextOf(request, origin, path),
    ...(isEmpty(origin.pathParameters) ? {} : { pathParameters: origin.pathParameters }),
    ...bodyOf(request),
  };
};
