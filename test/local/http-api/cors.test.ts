import { describe, expect, it } from 'vitest';
import type { Cors } from '../../../local/http-api/options.ts';
import { answered, functionArn, recordedApi, routesTo } from './recorded-api.ts';

const cors: Cors = {
  allowOrigins: ['https://app.example', 'https://*.preview.example'],
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['authorization'],
  exposeHeaders: ['x-count'],
  allowCredentials: true,
  maxAgeSeconds: 600,
};

const preflight = (origin: string) => ({
  method: 'OPTIONS',
  path: '/events',
  headers: ['origin', origin, 'access-control-request-method', 'GET'],
});

const authorizer = {
  id: 'a',
  functionArn: functionArn('a'),
  identitySources: [],
  ttlSeconds: 0,
  simpleResponses: true,
};

describe('CORS', () => {
  it('has preflights answered by the gateway, without authorizer or function', async () => {
    const { calls, send } = await recordedApi({ cors, routes: routesTo(['ANY /events'], authorizer) });
    const reply = await send(preflight('https://app.example'));
    expect(reply.statusCode).toBe(204);
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization',
      'access-control-expose-headers': 'x-count',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
    });
    expect(calls).toEqual([]);
  });

  it('gives no permission to an origin that is not listed', async () => {
    const { send } = await recordedApi({ cors });
    for (const origin of [
      'https://evil.example',
      'https://app.example.evil.example',
      'https://.preview.example',
    ]) {
      const reply = await send(preflight(origin));
      expect(reply.statusCode).toBe(204);
      expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
    const preview = await send(preflight('https://pr-7.preview.example'));
    expect(preview.headers['access-control-allow-origin']).toBe('https://pr-7.preview.example');
  });

  it('lets an explicit OPTIONS route answer for itself', async () => {
    const { calls, send } = await recordedApi({ cors, routes: routesTo(['OPTIONS /events']) });
    await send(preflight('https://app.example'));
    expect(calls.map(({ name }) => name)).toEqual(['OPTIONS /events']);
  });

  it("replaces the function's own CORS headers, and adds the gateway's to its errors", async () => {
    const headers = { 'Access-Control-Allow-Origin': '*', 'access-control-max-age': '1', 'x-count': '2' };
    const invoke = async () => answered({ statusCode: 200, headers });
    const { send } = await recordedApi({ cors, routes: routesTo(['GET /events']), invoke });
    const origin = ['origin', 'https://app.example'];
    const reply = await send({ path: '/events', headers: origin });
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'x-count': '2',
    });
    expect(reply.headers).not.toHaveProperty('access-control-max-age');
    const missing = await send({ path: '/nothing', headers: origin });
    expect(missing.headers['access-control-allow-origin']).toBe('https://app.example');
    expect((await send({ path: '/events' })).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('without a configuration leaves everything to the function', async () => {
    const headers = { 'access-control-allow-origin': '*' };
    const { calls, send } = await recordedApi({ invoke: async () => answered({ statusCode: 200, headers }) });
    expect((await send(preflight('https://app.example'))).headers['access-control-allow-origin']).toBe('*');
    expect(calls).toHaveLength(1);
  });
});
