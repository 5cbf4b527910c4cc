import type { HttpEvent } from './event.ts';

export type ReadIdentity = (event: HttpEvent) => string | undefined;

const contextReaders: Readonly<Record<string, ReadIdentity>> = {
  accountId: ({ requestContext }) => requestContext.accountId,
  apiId: ({ requestContext }) => requestContext.apiId,
  domainName: ({ requestContext }) => requestContext.domainName,
  httpMethod: ({ requestContext }) => requestContext.http.method,
  'identity.sourceIp': ({ requestContext }) => requestContext.http.sourceIp,
  'identity.userAgent': ({ requestContext }) => requestContext.http.userAgent,
  path: ({ requestContext }) => requestContext.http.path,
  routeKey: ({ requestContext }) => requestContext.routeKey,
  stage: ({ requestContext }) => requestContext.stage,
};

/** Compiles one identity source of an authorizer, such as `$request.header.X`. Throws an Error for one that is not known. */
export const identityReader = (source: string): ReadIdentity => {
  const [, place, name = ''] = /^\$(request\.header|request\.querystring|context)\.(.+)$/.exec(source) ?? [];
  const header = name.toLowerCase();
  if (place === 'request.header') return ({ headers }) => headers[header];
  if (place === 'request.querystring') return ({ queryStringParameters }) => queryStringParameters?.[name];
  const read = place === 'context' ? contextReaders[name] : undefined;
  if (!read) throw new Error(`the identity source '${source}' is not supported`);
  return read;
};
