import middy from '@middy/core';
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { type Problem, problem } from '#contracts/errors.ts';
import { type Route, routeKey } from '#contracts/routes.ts';
import { asTenant } from '../aws/as-tenant.ts';
import { errorCode, type Log } from '../log/log.ts';
import { parseBody } from './body.ts';
import { actorOf, type HttpEvent, identify } from './caller.ts';
import type { Endpoints, HttpReply } from './endpoint.ts';

type Result = APIGatewayProxyStructuredResultV2;

const json = (status: number, type: string, body: unknown): Result => ({
  statusCode: status,
  headers: { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  body: JSON.stringify(body),
});

const problemResult = (found: Problem, requestId: string, more: object = {}): Result =>
  json(found.status, 'application/problem+json', { ...found, request_id: requestId, ...more });

const toResult = (reply: HttpReply, requestId: string): Result =>
  'problem' in reply
    ? problemResult(reply.problem, requestId, reply.more)
    : json(reply.status, 'application/json', reply.body);

const texts = (values: Readonly<Record<string, string | undefined>> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, value ?? '']));

const serve = async (
  routes: readonly Route[],
  endpoints: Endpoints,
  event: HttpEvent,
): Promise<HttpReply> => {
  const route = routes.find((candidate) => routeKey(candidate) === event.routeKey);
  const endpoint = endpoints[event.routeKey];
  if (!route || !endpoint) return { problem: problem('route.not_found') };
  const identified = identify(route, event);
  if (!identified.ok) return { problem: identified.problem };
  const { isBase64Encoded, body: text, headers } = event;
  const body = route.body
    ? parseBody({ contentType: headers['content-type'], body: text, isBase64Encoded })
    : { ok: true as const, json: undefined };
  if (!body.ok) return { problem: body.problem };
  const request = {
    requestId: event.requestContext.requestId,
    tenantId: identified.tenantId,
    actor: actorOf(identified.caller),
    parameters: texts(event.pathParameters),
    query: texts(event.queryStringParameters),
    json: body.json,
  };
  // A route that is for no tenant is for the deployment.
  return asTenant(identified.tenantId, () => endpoint(request));
};

const BUSY = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]);

const onError =
  (log: Log) => (request: Pick<middy.Request<HttpEvent, Result>, 'event' | 'error' | 'response'>) => {
    const { requestId } = request.event.requestContext;
    const code = errorCode(request.error);
    log({ stage: 'http', outcome: 'failed', code, request_id: requestId });
    request.response = problemResult(
      problem(BUSY.has(code) ? 'service.throttled' : 'service.failed'),
      requestId,
    );
  };

/** The Lambda handler of a set of routes: the one place where HTTP events are read, refused, answered and logged. */
export const httpHandler = (routes: readonly Route[], endpoints: Endpoints, log: Log) =>
  middy<HttpEvent, Result, Error, Context>()
    .onError(onError(log))
    .handler(async (event) =>
      toResult(await serve(routes, endpoints, event), event.requestContext.requestId),
    );
