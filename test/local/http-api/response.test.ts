import { describe, expect, it } from 'vitest';
import { answered, recordedApi } from './recorded-api.ts';

const replyTo = async (payload: unknown, method = 'GET') => {
  const api = await recordedApi({ invoke: async () => answered(payload) });
  return api.send({ method });
};

describe('an answer without a status code', () => {
  it.each<[unknown, string]>([
    [{ a: 1 }, '{"a":1}'],
    [[1, 2], '[1,2]'],
    ['plain', 'plain'],
    [7, '7'],
    [null, 'null'],
    [undefined, 'null'],
  ])('%j becomes 200 with the JSON body %s', async (payload, body) => {
    const reply = await replyTo(payload);
    expect(reply).toMatchObject({ statusCode: 200, body });
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.headers['apigw-requestid']).toMatch(/=$/);
  });
});

describe('a response object', () => {
  it('gives the status, headers, cookies and body', async () => {
    const reply = await replyTo({
      statusCode: 201,
      headers: { 'X-Count': 3, 'Content-Type': 'text/html', Connection: 'upgrade', 'Content-Length': '1' },
      cookies: ['a=1; Secure', 'b=2'],
      body: '<p>é</p>',
    });
    expect(reply).toMatchObject({ statusCode: 201, body: '<p>é</p>' });
    expect(reply.headers).toMatchObject({
      'x-count': '3',
      'content-type': 'text/html',
      'content-length': '9',
    });
    expect(reply.headers['set-cookie']).toEqual(['a=1; Secure', 'b=2']);
  });

  it('is text when it names no type, and may leave out the body', async () => {
    const reply = await replyTo({ statusCode: '404' });
    expect(reply).toMatchObject({ statusCode: 404, body: '' });
    expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect((await replyTo({ statusCode: 204 })).headers).not.toHaveProperty('content-length');
  });

  it('has its body decoded when it says base64', async () => {
    const body = Buffer.from('bytes').toString('base64');
    expect((await replyTo({ statusCode: 200, body, isBase64Encoded: true })).body).toBe('bytes');
  });

  it('has no body on HEAD but the length of one', async () => {
    const reply = await replyTo({ statusCode: 200, body: 'four' }, 'HEAD');
    expect(reply.body).toBe('');
    expect(reply.headers['content-length']).toBe('4');
  });

  it.each<[string, object]>([
    ['body is not a string', { statusCode: 200, body: { a: 1 } }],
    ['status is not a number', { statusCode: 'ok' }],
    ['status is out of range', { statusCode: 99 }],
    ['header is a list', { statusCode: 200, headers: { a: ['1'] } }],
    ['header name is impossible', { statusCode: 200, headers: { 'a b': '1' } }],
    ['header value would split the response', { statusCode: 200, headers: { a: '1\r\nb: 2' } }],
    ['body is over 6 MB', { statusCode: 200, body: 'x'.repeat(6_291_556) }],
  ])('is refused with 500 when its %s', async (_name, payload) => {
    const reply = await replyTo(payload);
    expect(reply).toMatchObject({ statusCode: 500, body: '{"message":"Internal Server Error"}' });
    expect(reply.headers).not.toHaveProperty('b');
  });
});
