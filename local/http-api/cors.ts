import type { Cors } from './options.ts';
import type { HttpRequest } from './request.ts';
import type { HttpReply } from './response.ts';

const matches = (pattern: string, origin: string): boolean => {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === origin;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return origin.length > before.length + after.length && origin.startsWith(before) && origin.endsWith(after);
};

const originHeaders = (cors: Cors, origin: string | undefined): Record<string, string> => {
  if (origin === undefined) return {};
  const anyOrigin = cors.allowOrigins.includes('*');
  if (!anyOrigin && !cors.allowOrigins.some((pattern) => matches(pattern, origin))) return {};
  return {
    'access-control-allow-origin': anyOrigin ? '*' : origin,
    ...(cors.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...(cors.exposeHeaders.length > 0
      ? { 'access-control-expose-headers': cors.exposeHeaders.join(',') }
      : {}),
    ...(anyOrigin ? {} : { vary: 'Origin' }),
  };
};

/** Whether a request asks for permission on behalf of another one; other OPTIONS requests go to a route. */
export const isPreflight = ({ method, headers }: HttpRequest): boolean =>
  method === 'OPTIONS' &&
  headers['origin'] !== undefined &&
  headers['access-control-request-method'] !== undefined;

/** The gateway's own answer to a preflight: always 204, without CORS headers when the origin is not allowed. */
export const preflightReply = (cors: Cors, request: HttpRequest): HttpReply => {
  const allowed = originHeaders(cors, request.headers['origin']);
  const { allowMethods, allowHeaders, maxAgeSeconds } = cors;
  const headers =
    Object.keys(allowed).length === 0
      ? {}
      : {
          ...allowed,
          ...(allowMethods.length > 0 ? { 'access-control-allow-methods': allowMethods.join(',') } : {}),
          ...(allowHeaders.length > 0 ? { 'access-control-allow-headers': allowHeaders.join(',') } : {}),
          ...(maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(maxAgeSeconds) }),
        };
  return { statusCode: 204, headers, body: Buffer.alloc(0) };
};

/** Replaces whatever CORS headers a reply has by those of the API's configuration, as the gateway does. */
export const withCors = (cors: Cors, request: HttpRequest, reply: HttpReply): HttpReply => {
  const own = Object.entries(reply.headers).filter(([name]) => !name.startsWith('access-control-'));
  return {
    ...reply,
    headers: { ...Object.fromEntries(own), ...originHeaders(cors, request.headers['origin']) },
  };
};
