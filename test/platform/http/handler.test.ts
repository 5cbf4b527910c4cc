import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Problem, problem } from '#contracts/errors.ts';
import type { Route } from '#contracts/routes.ts';
import {
  type Endpoint,
  type HttpReply,
  type HttpRequest,
  withBody,
} from '#functions/platform/http/endpoint.ts';
import { httpHandler } from '#functions/platform/http/handler.ts';
import { type EventParts, httpEvent } from '../../harness/http-event.ts';
import { recordedLog } from '../../harness/recorded-log.ts';

const reply = ({ status }: { readonly status: number }, body: unknown): HttpReply => ({ status, body });
const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const READ = {
  method: 'GET',
  path: '/things/{id}',
  handler: 'manage',
  access: 'tenant',
  status: 200,
} as const;
const WRITE = { ...READ, method: 'POST', path: '/things', body: true, status: 201 } as const;
const OPEN = { ...READ, path: '/health', access: 'public' } as const;
const routes: readonly Route[] = [READ, WRITE, OPEN];
const READ_KEY = 'GET /things/{id}';
const JSON_HEADERS = { 'x-tenant-id': TENANT, 'content-type': 'application/json' };

/** Answers one event with these endpoints; the body comes parsed. */
const answerOf = async (endpoints: Record<string, Endpoint>, parts: EventParts) => {
  const { log, lines } = recordedLog();
  const handler = httpHandler(routes, endpoints, log);
  const event = httpEvent({ headers: { 'x-tenant-id': TENANT }, ...parts });
  // The handler never looks at Lambda's context.
  const result = await handler(event, {} as Context);
  return { ...result, json: JSON.parse(result.body ?? ''), lines };
};

const failing =
  (error: unknown): Endpoint =>
  () =>
    Promise.reject(error);

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('an endpoint', () => {
  it('is told who calls for whom, with path parameters, query and the parsed body', async () => {
    let seen: HttpRequest | undefined;
    const keep: Endpoint = async (request) => {
      seen = request;
      return reply(WRITE, { made: true });
    };
    const parts = {
      headers: JSON_HEADERS,
      pathParameters: { id: 'a/b' },
      body: '{"a":[1]}',
      query: { q: 'a,b' },
    };
    const { statusCode, json } = await answerOf(
      { 'POST /things': keep },
      { routeKey: 'POST /things', ...parts },
    );
    expect([statusCode, json]).toEqual([201, { made: true }]);
    expect(seen).toEqual({
      requestId: 'request-1',
      tenantId: TENANT,
      actor: 'operator:tok_000000000000',
      parameters: { id: 'a/b' },
      query: { q: 'a,b' },
      json: { a: [1] },
    });
  });

  it('is called without a caller and a tenant on a public route', async () => {
    const open: Endpoint = async ({ tenantId, actor, json }) => reply(OPEN, { tenantId, actor, json });
    const { json } = await answerOf(
      { 'GET /health': open },
      { routeKey: 'GET /health', headers: {}, caller: undefined },
    );
    expect(json).toEqual({ tenantId: '', actor: '' });
  });

  it('answers JSON that nobody may store or sniff', async () => {
    const { headers } = await answerOf({ [READ_KEY]: async () => reply(READ, {}) }, { routeKey: READ_KEY });
    expect(headers).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  it('does not see a body that its schema refuses; the answer names the fields, not their values', async () => {
    const schema = z.object({ name: z.string(), list: z.array(z.object({ n: z.int() })) });
    const endpoint = withBody(schema, failing(new Error('called')));
    const body = JSON.stringify({ name: 7, list: [{ n: 1 }, { n: 'canary' }] });
    const { json } = await answerOf(
      { 'POST /things': endpoint },
      { routeKey: 'POST /things', headers: JSON_HEADERS, body },
    );
    expect(json.code).toBe('request.invalid');
    expect(json.errors.map(({ field }: { field: string }) => field)).toEqual(['name', 'list.1.n']);
    expect(JSON.stringify(json)).not.toContain('canary');
  });

  it('sees only what its schema knows', async () => {
    const endpoint = withBody(z.object({ a: z.int() }), async (_request, body) => reply(WRITE, body));
    const { json } = await answerOf(
      { 'POST /things': endpoint },
      { routeKey: 'POST /things', headers: JSON_HEADERS, body: '{"a":1,"b":2}' },
    );
    expect(json).toEqual({ a: 1 });
  });
});

describe('a refusal', () => {
  const unused = { [READ_KEY]: failing(new Error('called')), 'POST /things': failing(new Error('called')) };

  it.each<[number, string, EventParts]>([
    [404, 'route.not_found', { routeKey: '$default' }],
    [404, 'route.not_found', { routeKey: 'DELETE /things' }],
    [404, 'route.not_found', { routeKey: 'GET /health' }],
    [401, 'auth.token_missing', { routeKey: READ_KEY, caller: undefined }],
    [401, 'auth.token_invalid', { routeKey: READ_KEY, caller: 'unknown' }],
    [400, 'tenant.missing', { routeKey: READ_KEY, headers: {} }],
    [400, 'tenant.missing', { routeKey: READ_KEY, headers: { 'x-tenant-id': '' } }],
    [400, 'tenant.malformed', { routeKey: READ_KEY, headers: { 'x-tenant-id': 'nobody' } }],
    [415, 'request.content_type', { routeKey: 'POST /things', body: '{}' }],
    [400, 'request.json_invalid', { routeKey: 'POST /things', headers: JSON_HEADERS, body: '{' }],
  ])('is %d %s in the shape of problem details', async (status, code, parts) => {
    const { statusCode, headers, json, lines } = await answerOf(unused, parts);
    expect([statusCode, headers?.['content-type']]).toEqual([status, 'application/problem+json']);
    expect(Problem.parse(json)).toEqual(json);
    expect(json).toMatchObject({
      type: `urn:crossdock:error:${code}`,
      status,
      code,
      request_id: 'request-1',
    });
    expect(lines).toEqual([]);
  });

  it('says who is missing before what is wrong with the body', async () => {
    const { json } = await answerOf(unused, { routeKey: 'POST /things', caller: 'unknown', body: '{' });
    expect(json.code).toBe('auth.token_invalid');
  });

  it('by an endpoint carries its own status, and more where it gives more', async () => {
    const conflict: Endpoint = async () => ({ problem: problem('event.conflict'), more: { results: [1] } });
    const { statusCode, json } = await answerOf({ [READ_KEY]: conflict }, { routeKey: READ_KEY });
    expect(statusCode).toBe(409);
    expect(json).toMatchObject({ code: 'event.conflict', request_id: 'request-1', results: [1] });
  });
});

describe('a failure', () => {
  it.each([
    ['an Error', named('TypeError', 'canary'), 'TypeError'],
    ['an SDK error', named('ResourceNotFoundException', 'canary'), 'ResourceNotFoundException'],
    ['a thrown text', 'canary', 'string'],
    ['an error with a cause', new Error('canary', { cause: 'canary' }), 'Error'],
  ])(
    'of %s is 500 service.failed, and its message is in neither answer nor log',
    async (_name, error, code) => {
      const { statusCode, body, json, lines } = await answerOf(
        { [READ_KEY]: failing(error) },
        { routeKey: READ_KEY },
      );
      expect([statusCode, json.code, json.request_id]).toEqual([500, 'service.failed', 'request-1']);
      expect(`${body}${JSON.stringify(lines)}`).not.toContain('canary');
      expect(lines).toEqual([{ stage: 'http', outcome: 'failed', code, request_id: 'request-1' }]);
    },
  );

  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    'of an overloaded service (%s) is 503, so that the caller comes back',
    async (name) => {
      const { statusCode, json } = await answerOf(
        { [READ_KEY]: failing(named(name, 'canary')) },
        { routeKey: READ_KEY },
      );
      expect([statusCode, json.code]).toEqual([503, 'service.throttled']);
    },
  );
});
