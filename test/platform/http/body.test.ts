import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQUEST_BYTES_MAX } from '#contracts/limits.ts';
import { parseBody, type RawBody } from '#functions/platform/http/body.ts';

const parse = (changes: Partial<RawBody>) =>
  parseBody({ contentType: 'application/json', body: '{}', isBase64Encoded: false, ...changes });

const codeOf = (changes: Partial<RawBody>) => {
  const parsed = parse(changes);
  return parsed.ok ? 'ok' : parsed.problem.code;
};

const base64 = (bytes: Uint8Array | string) => ({
  body: Buffer.from(bytes as string).toString('base64'),
  isBase64Encoded: true,
});

describe('parseBody', () => {
  it('gives any JSON back, whether it came as text or as base64', () => {
    fc.assert(
      fc.property(fc.json(), (body) => {
        const expected = { ok: true, json: JSON.parse(body) };
        expect(parse({ body })).toEqual(expected);
        expect(parse(base64(body))).toEqual(expected);
      }),
    );
  });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    ' application/json ;x=y',
  ])('takes the content type %j', (contentType) => {
    expect(codeOf({ contentType })).toBe('ok');
  });

  it.each([undefined, '', 'text/plain', 'application/json-patch+json', 'application/jsonx'])(
    'refuses the content type %j',
    (contentType) => {
      expect(codeOf({ contentType })).toBe('request.content_type');
    },
  );

  it.each([undefined, '', '{', "{'a':1}", '{"a":1}x', 'NaN'])('refuses %j, which is not JSON', (body) => {
    expect(codeOf({ body })).toBe('request.json_invalid');
  });

  it('refuses text that is not UTF-8', () => {
    const broken = [Uint8Array.of(0x22, 0xff, 0x22), Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)];
    expect(broken.map((bytes) => codeOf(base64(bytes)))).toEqual([
      'request.json_invalid',
      'request.json_invalid',
    ]);
  });

  it('counts bytes, not characters, and takes exactly as many as the limit', () => {
    const fits = `"${'é'.repeat((REQUEST_BYTES_MAX - 2) / 2)}"`;
    expect(codeOf({ body: fits })).toBe('ok');
    expect(codeOf({ body: `${fits} ` })).toBe('request.body_too_large');
    expect(codeOf(base64(`${fits} `))).toBe('request.body_too_large');
  });

  it('never repeats any part of a body that it refuses', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parse({ body: `{"token":"§${text}§` });
        expect(JSON.stringify(parsed)).not.toContain('§');
      }),
    );
  });
});
