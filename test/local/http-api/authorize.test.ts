import { describe, expect, it } from 'vitest';
import type { InvokeResult, LambdaAuthorizer } from '../../../local/http-api/options.ts';
import { answered, functionArn, recordedApi, routesTo } from './recorded-api.ts';

const authorizer = (given: Partial<LambdaAuthorizer> = {}): LambdaAuthorizer => ({
  id: 'auth01',
  functionArn: functionArn('authorizer'),
  identitySources: ['$request.header.Authorization'],
  ttlSeconds: 300,
  simpleResponses: true,
  ...given,
});

const ROUTES = ['GET /events', 'DELETE /events'];

const guardedApi = async (given: Partial<LambdaAuthorizer>, decide: () => InvokeResult, keys = ROUTES) => {
  const routes = routesTo(keys, authorizer(given));
  const invoke = async (arn: string) =>
    arn === functionArn('authorizer') ? decide() : answered({ done: true });
  const api = await recordedApi({ routes, invoke });
  const status = async (method = 'GET', token: string | undefined = 'token', path = '/events') => {
    const headers = token === undefined ? [] : ['authorization', token];
    return (await api.send({ method, path, headers })).statusCode;
  };
  return { ...api, status, asked: () => api.calls.filter(({ name }) => name === 'authorizer').length };
};

const allow = () => answered({ isAuthorized: true, context: { tenant: 't1', roles: ['a'] } });

const policy = (...Statement: object[]) =>
  answered({
    principalId: 'user',
    policyDocument: { Version: '2012-10-17', Statement },
    context: { tenant: 't1' },
  });

const ARN = 'arn:aws:execute-api:eu-west-1:000000000000:a1b2c3d4e5/$default';
const statement = (Effect: string, Resource: string | string[]) => ({
  Effect,
  Action: 'execute-api:Invoke',
  Resource,
});

describe('an authorizer', () => {
  it('gets the request without its body, and hands its context to the function', async () => {
    const { calls, send } = await guardedApi({}, allow, ['POST /events/{id}']);
    const headers = ['authorization', 'token', 'content-type', 'text/plain'];
    await send({ method: 'POST', path: '/events/a%20b?x=1', headers, body: 'secret' });
    const [asked, served] = calls.map(({ event }) => event);
    expect(asked).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: `${ARN}/POST/events/a b`,
      identitySource: ['token'],
      routeKey: 'POST /events/{id}',
      rawPath: '/events/a b',
      queryStringParameters: { x: '1' },
      pathParameters: { id: 'a b' },
    });
    expect(asked).not.toHaveProperty('body');
    expect(asked).not.toHaveProperty('isBase64Encoded');
    expect(served?.requestContext.authorizer).toEqual({ lambda: { tenant: 't1', roles: ['a'] } });
    expect(served?.body).toBe('secret');
  });

  it('is not asked when an identity source is missing or empty: 401', async () => {
    const identitySources = ['$request.header.Authorization', '$request.querystring.tenant'];
    const { asked, send } = await guardedApi({ identitySources }, allow);
    for (const sent of [
      { path: '/events?tenant=t1' },
      { path: '/events?tenant=t1', headers: ['authorization', ''] },
      { path: '/events', headers: ['authorization', 'token'] },
      { path: '/events?tenant=', headers: ['authorization', 'token'] },
    ]) {
      expect(await send(sent)).toMatchObject({ statusCode: 401, body: '{"message":"Unauthorized"}' });
    }
    expect(asked()).toBe(0);
    expect((await send({ path: '/events?tenant=t1', headers: ['authorization', 'token'] })).statusCode).toBe(
      200,
    );
  });

  it('that says no keeps the function from running: 403', async () => {
    const { calls, send } = await guardedApi({}, () => answered({ isAuthorized: false }));
    const headers = ['authorization', 'token'];
    expect(await send({ path: '/events', headers })).toMatchObject({
      statusCode: 403,
      body: '{"message":"Forbidden"}',
    });
    expect(calls.map(({ name }) => name)).toEqual(['authorizer']);
  });

  it.each<[string, InvokeResult]>([
    ['throws', { ok: false, reason: 'error' }],
    ['times out', { ok: false, reason: 'timeout' }],
    ['is throttled', { ok: false, reason: 'throttled' }],
    ['answers nothing', answered(null)],
    ['answers a word', answered({ isAuthorized: 'true' })],
    ['answers a policy where a simple response is due', policy(statement('Allow', '*'))],
    ['gives a context that is no object', answered({ isAuthorized: true, context: 'x' })],
  ])('that %s gives 500, and the next request asks it again', async (_name, decision) => {
    const { asked, status } = await guardedApi({}, () => decision);
    expect([await status(), await status()]).toEqual([500, 500]);
    expect(asked()).toBe(2);
  });

  it('that takes longer than 10 seconds gives 500', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const invoke = () => {
      resolve();
      return new Promise<InvokeResult>(() => {});
    };
    const { clock, send } = await recordedApi({ routes: routesTo(['GET /'], authorizer()), invoke });
    const reply = send({ headers: ['authorization', 'token'] });
    await promise;
    await clock.advance(10_000);
    expect((await reply).statusCode).toBe(500);
  });
});

describe('the authorizer cache', () => {
  it('covers every route for the same identity until the TTL has passed', async () => {
    const { asked, clock, status } = await guardedApi({ ttlSeconds: 60 }, allow);
    expect([await status('GET'), await status('DELETE')]).toEqual([200, 200]);
    expect(asked()).toBe(1);
    await clock.advance(59_999);
    await status();
    expect(asked()).toBe(1);
    await clock.advance(1);
    await status();
    expect(asked()).toBe(2);
  });

  it('keeps a refusal too', async () => {
    const { asked, status } = await guardedApi({}, () => answered({ isAuthorized: false }));
    expect([await status(), await status()]).toEqual([403, 403]);
    expect(asked()).toBe(1);
  });

  it('is separate for each identity', async () => {
    const { asked, status } = await guardedApi({}, allow);
    await status('GET', 'one');
    await status('GET', 'two');
    await status('GET', 'one');
    expect(asked()).toBe(2);
  });

  it('is separate for each route when the route key is an identity source', async () => {
    const { asked, status } = await guardedApi(
      { identitySources: ['$request.header.Authorization', '$context.routeKey'] },
      allow,
    );
    await status('GET');
    await status('DELETE');
    await status('GET');
    expect(asked()).toBe(2);
  });

  it('holds nothing when the TTL is 0 or there is no identity source', async () => {
    for (const given of [{ ttlSeconds: 0 }, { identitySources: [] }]) {
      const { asked, status } = await guardedApi(given, allow);
      await status();
      await status();
      expect(asked()).toBe(2);
    }
  });
});

it('An identity can be taken from the context of the request', async () => {
  const names = [
    'accountId',
    'apiId',
    'domainName',
    'httpMethod',
    'identity.sourceIp',
    'identity.userAgent',
    'path',
    'stage',
  ];
  const { calls, send, url } = await guardedApi(
    { identitySources: names.map((name) => `$context.${name}`) },
    allow,
  );
  await send({ path: '/events', headers: ['user-agent', 'probe'] });
  expect(calls[0]?.event['identitySource']).toEqual([
    '000000000000',
    'a1b2c3d4e5',
    new URL(url).host,
    'GET',
    '127.0.0.1',
    'probe',
    '/events',
    '$default',
  ]);
});

describe('an authorizer that answers with a policy', () => {
  const given = { simpleResponses: false };

  it('is judged for each route, also from the cache', async () => {
    const { asked, calls, status } = await guardedApi(given, () =>
      policy(statement('Allow', [`${ARN}/GET/*`])),
    );
    expect([await status('GET'), await status('DELETE')]).toEqual([200, 403]);
    expect(asked()).toBe(1);
    expect(calls.at(-1)?.event.requestContext.authorizer).toEqual({ lambda: { tenant: 't1' } });
  });

  it('refuses what a Deny statement covers, whatever else allows it', async () => {
    const decide = () => policy(statement('Allow', '*'), statement('Deny', `${ARN}/DELETE/event?`));
    const { status } = await guardedApi(given, decide);
    expect([await status('GET'), await status('DELETE')]).toEqual([200, 403]);
  });

  it.each<[string, InvokeResult]>([
    ['has no statement', policy()],
    ['has a condition', policy({ ...statement('Allow', '*'), Condition: {} })],
    ['has no principal', answered({ policyDocument: { Statement: [statement('Allow', '*')] } })],
    ['is a simple response', allow()],
  ])('gives 500 when the policy %s', async (_name, decision) => {
    const { status } = await guardedApi(given, () => decision);
    expect(await status()).toBe(500);
  });
});

it('An identity source that API Gateway does not know is refused at the start', async () => {
  const routes = routesTo(['GET /'], authorizer({ identitySources: ['$request.body.token'] }));
  await expect(recordedApi({ routes })).rejects.toThrow(/identity source '\$request\.body\.token'/);
});
