import { randomBytes } from 'node:crypto';
import { makeAuthorize } from './authorize.ts';
import { isPreflight, preflightReply, withCors } from './cors.ts';
import { type HttpEvent, httpEvent } from './event.ts';
import type { HttpApiOptions, HttpRoute } from './options.ts';
import type { HttpRequest } from './request.ts';
import { functionReply, gatewayReply, type HttpReply } from './response.ts';
import { compileRoutes, decodeLeniently } from './routes.ts';
import { within } from './within.ts';

export type Gateway = (request: HttpRequest) => Promise<HttpReply>;

const INTEGRATION_TIMEOUT_MS = 30_000;

// AWS gives eleven random bytes in base64, which end in one padding sign.
const newRequestId = (): string => randomBytes(11).toString('base64');

const newTrace = (nowMs: number): string =>
  `Root=1-${Math.floor(nowMs / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;

const routePath = (path: string, stageName: string): string | undefined => {
  if (!path.startsWith('/')) return undefined;
  if (stageName === '$default') return path;
  const prefix = `/${stageName}`;
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
};

const callFunction = async (
  options: HttpApiOptions,
  route: HttpRoute,
  event: HttpEvent,
): Promise<HttpReply> => {
  const timeoutMs = route.timeoutMs ?? INTEGRATION_TIMEOUT_MS;
  const result = await within(options.clock, timeoutMs, options.invoke(route.functionArn, event));
  if (result === undefined) return gatewayReply(503);
  if (result.ok) return functionReply(result.payload);
  return gatewayReply(result.reason === 'throttled' ? 503 : 500);
};

/**
 * Makes the gateway of an HTTP API: what happens between a complete request and its reply. Throws an Error when a route key or an
 * identity source is not one that API Gateway knows. A named stage must be the first segment of the request's path.
 */
export const makeGateway = (options: HttpApiOptions): Gateway => {
  const { account, apiId, clock, cors, region, stageName } = options;
  const findRoute = compileRoutes(options.routes);
  const authorizers = options.routes.flatMap(({ authorizer }) => (authorizer ? [authorizer] : []));
  const authorize = makeAuthorize({ clock, invoke: options.invoke, authorizers });

  const answer = async (request: HttpRequest, requestId: string): Promise<HttpReply> => {
    const path = routePath(request.path, stageName);
    const match = path === undefined ? undefined : findRoute(request.method, path);
    const answersOptions = match?.route.routeKey.startsWith('OPTIONS ') ?? false;
    if (cors && isPreflight(request) && !answersOptions) return preflightReply(cors, request);
    if (path === undefined || !match) return gatewayReply(404);
    const { route, pathParameters } = match;
    const nowMs = clock.now();
    const headers = { 'x-amzn-trace-id': newTrace(nowMs), ...request.headers };
    const origin = { account, apiId, stageName, routeKey: route.routeKey, pathParameters, requestId, nowMs };
    const event = httpEvent({ ...request, headers }, origin);
    if (!route.authorizer) return callFunction(options, route, event);
    const api = `arn:aws:execute-api:${region}:${account}:${apiId}`;
    const routeArn = `${api}/${stageName}/${request.method}${decodeLeniently(path)}`;
    const verdict = await authorize(route.authorizer, event, routeArn);
    if (verdict.outcome === 'refused') return gatewayReply(verdict.statusCode);
    const requestContext = { ...event.requestContext, authorizer: { lambda: verdict.context } };
    return callFunction(options, route, { ...event, requestContext });
  };

  return async (request) => {
    const requestId = newRequestId();
    const reply = await answer(request, requestId);
    const answered = { ...reply, headers: { ...reply.headers, 'apigw-requestid': requestId } };
    return cors && !isPreflight(request) ? withCors(cors, request, answered) : answered;
  };
};
