import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../contracts/all-routes.ts';
import { REQUEST_BYTES_MAX } from '../../contracts/limits.ts';
import type { Route } from '../../contracts/routes.ts';
import { parseBody } from '../../functions/platform/http/body.ts';
import { companyUpdated } from '../harness/events.ts';
import { bodyOf, pathOf } from './sample-requests.ts';
import { type Api, startApi, type Tenant } from './start-api.ts';

let api: Api;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
  tenant = await api.newTenant();
});
afterAll(() => api.stop());

const withBody = (routes as readonly Route[]).filter(({ body }) => body);
const JSON_TYPE = { 'content-type': 'application/json' };

const send = (route: Route, headers: Record<string, string>, body?: Uint8Array | string) =>
  api.send(route.method, pathOf(route), { ...tenant.headers, ...headers }, body);

const refusal = async (...sent: Parameters<typeof send>) => {
  const { status, json } = await send(...sent);
  return [status, json.code];
};

/** A valid body that unknown white space makes so many bytes long. */
const padded = (route: Route, bytes: number) => JSON.stringify(bodyOf(route)).padEnd(bytes, ' ');

describe('415', () => {
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    'json',
    '',
  ];
  it.each(withBody)('is for a body of any type but JSON: $method $path', async (route) => {
    const body = JSON.stringify(bodyOf(route));
    for (const type of types) {
      expect(await refusal(route, { 'content-type': type }, body)).toEqual([415, 'request.content_type']);
    }
    expect(await refusal(route, {}, body)).toEqual([415, 'request.content_type']);
  });

  it.each(withBody)('is not for JSON with a parameter or in capitals: $method $path', async (route) => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json ;x=y']) {
      expect(await refusal(route, { 'content-type': type }, '{')).toEqual([400, 'request.json_invalid']);
    }
  });
});

describe('400', () => {
  const notJson: [string, Uint8Array | string | undefined][] = [
    ['no body', undefined],
    ['an empty body', ''],
    ['white space', ' \n'],
    ['half an object', '{"events":['],
    ['two values', '{} {}'],
    ['a comment', '{} // thanks'],
    ['single quotes', "{'events':[]}"],
    ['NaN', '{"events":NaN}'],
    ['an unescaped line break', '{"events":"a\nb"}'],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['zero bytes', Buffer.alloc(16)],
    ['a byte that is not UTF-8', Buffer.from('\xff{}', 'latin1')],
  ];
  it.each(withBody)('is for what is not JSON in UTF-8: $method $path', async (route) => {
    for (const [what, body] of notJson) {
      expect([what, ...(await refusal(route, JSON_TYPE, body))]).toEqual([what, 400, 'request.json_invalid']);
    }
  });
});

describe('bytes within a text that are not UTF-8', () => {
  const texts: [string, number[]][] = [
    ['a byte that begins nothing', [0x22, 0xff, 0x22]],
    ['an overlong encoding', [0x22, 0xc0, 0xaf, 0x22]],
    ['half a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ];

  it.each(texts)('are refused wherever the gateway hands over bytes: %s', (_, bytes) => {
    const body = Buffer.from(bytes).toString('base64');
    const parsed = parseBody({ contentType: 'application/json', body, isBase64Encoded: true });
    expect(parsed).toMatchObject({ ok: false, problem: { code: 'request.json_invalid' } });
  });

  it.each(texts)('have become U+FFFD where it hands over text, which is valid: %s', async (_, bytes) => {
    const [before = '', after = ''] = JSON.stringify({ events: [companyUpdated('bytes')] }).split(
      '"Example Industries"',
    );
    const body = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
    const headers = { ...(await api.newTenant()).headers, ...JSON_TYPE };
    const { status, json } = await api.send('POST', '/events', headers, body);
    expect([status, json.results[0].status]).toEqual([202, 'accepted']);
    const kept = await api.call('GET', `/events/${json.results[0].event_id}`, { headers });
    expect(kept.json.event.data.name).toMatch(/^\ufffd+$/);
  });
});

describe('413', () => {
  it.each(withBody)('is from one byte over 2 MiB: $method $path', async (route) => {
    const largest = await send(route, JSON_TYPE, padded(route, REQUEST_BYTES_MAX));
    expect([400, 413, 415, 422]).not.toContain(largest.status);
    const over = padded(route, REQUEST_BYTES_MAX + 1);
    expect(await refusal(route, JSON_TYPE, over)).toEqual([413, 'request.body_too_large']);
  });

  it('is counted in bytes, whatever the content type', async () => {
    const [route] = withBody;
    if (!route) throw new Error('There is no route with a body');
    const text = `"${'€'.repeat(REQUEST_BYTES_MAX / 3 + 1)}"`;
    expect(await refusal(route, JSON_TYPE, text)).toEqual([413, 'request.body_too_large']);
    expect(await refusal(route, {}, Buffer.from(text))).toEqual([413, 'request.body_too_large']);
  });

  it("is the gateway's own from one byte over 10 MB", async () => {
    const [route] = withBody;
    if (!route) throw new Error('There is no route with a body');
    const answer = await send(route, JSON_TYPE, Buffer.alloc(10 * 1024 * 1024 + 1, ' '));
    expect([answer.status, answer.text]).toEqual([413, '{"message":"Request Entity Too Large"}']);
  });
});

describe('422', () => {
  it.each(withBody)('is for JSON of the wrong kind, with a field: $method $path', async (route) => {
    for (const body of ['null', '7', '"text"', '[]', 'true']) {
      const { status, json } = await send(route, JSON_TYPE, body);
      expect([status, json.code]).toEqual([422, 'request.invalid']);
      expect(json.errors).toMatchObject([{ field: '' }]);
    }
  });
});
