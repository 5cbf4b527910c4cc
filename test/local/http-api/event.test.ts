import { describe, expect, it } from 'vitest';
import { recordedApi, routesTo, type Sent } from './recorded-api.ts';

const eventOf = async (sent: Sent, routeKey = '$default') => {
  const api = await recordedApi({ routes: routesTo([routeKey]) });
  await api.send(sent);
  const [call] = api.calls;
  if (!call) throw new Error('the function was not invoked');
  return { ...call.event, host: new URL(api.url).host };
};

describe('the event of payload format 2.0', () => {
  it('holds a whole request', async () => {
    const { host, ...event } = await eventOf(
      {
        method: 'POST',
        path: '/tenants/t%201/events?limit=5&tag=a&tag=b%2Bc&flag',
        headers: [
          'Content-Type',
          'application/json',
          'User-Agent',
          'probe',
          'Cookie',
          'a=1; b=2',
          'X-Tag',
          'v',
        ],
        body: '{"n":"é"}',
      },
      'POST /tenants/{tenant}/events',
    );
    const requestId = expect.stringMatching(/^[A-Za-z0-9+/]{15}=$/);
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /tenants/{tenant}/events',
      rawPath: '/tenants/t 1/events',
      rawQueryString: 'limit=5&tag=a&tag=b%2Bc&flag',
      cookies: ['a=1', 'b=2'],
      headers: {
        host,
        'content-length': '10',
        'content-type': 'application/json',
        'user-agent': 'probe',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-6b005094-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
        'x-tag': 'v',
      },
      queryStringParameters: { limit: '5', tag: 'a,b+c', flag: '' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'a1b2c3d4e5',
        domainName: host,
        domainPrefix: 'a1b2c3d4e5',
        http: {
          method: 'POST',
          path: '/tenants/t 1/events',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'probe',
        },
        requestId,
        routeKey: 'POST /tenants/{tenant}/events',
        stage: '$default',
        time: '20/Nov/2026:13:52:20 +0000',
        timeEpoch: 1_795_182_740_000,
      },
      pathParameters: { tenant: 't 1' },
      body: '{"n":"é"}',
      isBase64Encoded: false,
    });
  });

  it('has no body, cookies, path or query parameters when the request has none', async () => {
    const event = await eventOf({});
    expect(Object.keys(event).sort()).toEqual([
      'headers',
      'host',
      'isBase64Encoded',
      'rawPath',
      'rawQueryString',
      'requestContext',
      'routeKey',
      'version',
    ]);
    expect(event.rawQueryString).toBe('');
    expect(event.isBase64Encoded).toBe(false);
    expect(event.requestContext).not.toHaveProperty('authorizer');
  });

  it('has a decoded path, even for %2F and %23, and a query string as it was sent', async () => {
    const event = await eventOf({ path: '/a%2Fb%23c?q=%2F&q=%20+' });
    expect(event.rawPath).toBe('/a/b#c');
    expect(event.rawQueryString).toBe('q=%2F&q=%20+');
    expect(event.queryStringParameters).toEqual({ q: '/,  ' });
    expect((await eventOf({ path: '/100%?x=%zz' })).rawPath).toBe('/100%');
  });

  it('joins repeated headers, takes cookies from every cookie header, and keeps odd names apart', async () => {
    const event = await eventOf({
      headers: [
        'X-A',
        '1',
        'x-a',
        '2',
        'Cookie',
        'a=1',
        'cookie',
        'b=2;c=3',
        'constructor',
        'x',
        'X-Forwarded-For',
        '10.0.0.1',
      ],
    });
    expect(event.headers).toMatchObject({
      'x-a': '1,2',
      constructor: 'x',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
    });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.headers).not.toHaveProperty('connection');
    expect(event.cookies).toEqual(['a=1', 'b=2', 'c=3']);
  });

  it.each([
    ['text/plain', false],
    ['text/csv; charset=utf-8', false],
    ['application/json', false],
    ['Application/JSON; charset=utf-8', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['application/x-www-form-urlencoded', true],
    ['application/vnd.api+json', true],
    ['application/json-patch+json', true],
    ['application/octet-stream', true],
    [undefined, true],
  ])('passes a body of type %s with isBase64Encoded %s', async (contentType, encoded) => {
    const headers = contentType === undefined ? [] : ['content-type', contentType];
    const event = await eventOf({ method: 'POST', headers, body: 'a=1&b=é' });
    expect(event.isBase64Encoded).toBe(encoded);
    expect(Buffer.from(event.body ?? '', encoded ? 'base64' : 'utf8').toString()).toBe('a=1&b=é');
  });
});

describe('a named stage', () => {
  it('is the first segment of the URL and of rawPath, but not of the route', async () => {
    const api = await recordedApi({ stageName: 'v1', routes: routesTo(['GET /events', 'GET /']) });
    expect((await api.send({ path: '/v1/events' })).statusCode).toBe(200);
    expect((await api.send({ path: '/v1' })).statusCode).toBe(200);
    expect((await api.send({ path: '/events' })).statusCode).toBe(404);
    expect((await api.send({ path: '/v10/events' })).statusCode).toBe(404);
    expect(api.calls.map(({ name, event }) => [name, event.rawPath, event.requestContext.stage])).toEqual([
      ['GET /events', '/v1/events', 'v1'],
      ['GET /', '/v1', 'v1'],
    ]);
  });
});
