import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf, retryAfterSeconds } from '#functions/connectors/outcome.ts';
import type { HttpFailureCode, HttpResult } from '#functions/platform/egress/http-result.ts';

const NOW_MS = Date.UTC(2030, 0, 1, 12);

const response = (status: number, headers: Record<string, string> = {}): HttpResult => ({
  outcome: 'response',
  status,
  headers,
  body: new Uint8Array(),
  truncated: false,
  durationMs: 1,
});

const outcomeOfStatus = (status: number, retryAfter?: string) =>
  outcomeOf(response(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }), NOW_MS);

describe('an answer’s status', () => {
  it.each([200, 201, 202, 204, 206, 299])('%d is a delivery', (status) => {
    expect(outcomeOfStatus(status)).toEqual({ outcome: 'delivered' });
  });

  it.each([
    [429, 'throttled'],
    [500, 'retry'],
    [501, 'retry'],
    [502, 'retry'],
    [503, 'retry'],
    [504, 'retry'],
    [599, 'retry'],
    [408, 'retry'],
    [425, 'retry'],
    [100, 'rejected'],
    [300, 'rejected'],
    [302, 'rejected'],
    [307, 'rejected'],
    [400, 'rejected'],
    [401, 'rejected'],
    [403, 'rejected'],
    [404, 'rejected'],
    [409, 'rejected'],
    [410, 'rejected'],
    [422, 'rejected'],
  ])('%d means %s, with the status as its code', (status, outcome) => {
    expect(outcomeOfStatus(status)).toEqual({ outcome, code: `http_${status}` });
  });

  it('always has an outcome, whatever the status and whatever Retry-After says', () => {
    const known = ['delivered', 'retry', 'throttled', 'rejected'];
    const header = fc.oneof(
      fc.string(),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), header, (status, retryAfter) => {
        const result = outcomeOfStatus(status, retryAfter);
        expect(known).toContain(result.outcome);
        const after = 'afterSeconds' in result ? result.afterSeconds : 0;
        expect(Number.isSafeInteger(after) && (after ?? 0) >= 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [429, { outcome: 'throttled', code: 'http_429', afterSeconds: 30 }],
    [503, { outcome: 'retry', code: 'http_503', afterSeconds: 30 }],
    [500, { outcome: 'retry', code: 'http_500' }],
    [404, { outcome: 'rejected', code: 'http_404' }],
    [200, { outcome: 'delivered' }],
  ])('%d with a Retry-After gives %o', (status, expected) => {
    expect(outcomeOfStatus(status, '30')).toEqual(expected);
  });
});

describe('a request without an answer', () => {
  it.each<[HttpFailureCode, string]>([
    ['private_address', 'rejected'],
    ['invalid_request', 'rejected'],
    ['dns_failed', 'retry'],
    ['connect_failed', 'retry'],
    ['tls_failed', 'retry'],
    ['connect_timeout', 'retry'],
    ['headers_timeout', 'retry'],
    ['total_timeout', 'retry'],
    ['aborted', 'retry'],
    ['reset', 'retry'],
    ['invalid_response', 'retry'],
  ])('%s means %s', (code, outcome) => {
    const failure = { outcome: 'failed', code, sent: false, durationMs: 1 } as const;
    expect(outcomeOf(failure, NOW_MS)).toEqual({ outcome, code });
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120],
    [' 7 ', 7],
    ['999999999', 999_999_999],
    ['Tue, 01 Jan 2030 12:00:30 GMT', 30],
    ['Tuesday, 01-Jan-30 12:01:00 GMT', 60],
    ['Tue Jan  1 12:00:01 2030 GMT', 1],
    ['Tue, 01 Jan 2030 11:59:59 GMT', 0],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ])('%j is %d seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, NOW_MS)).toBe(seconds);
  });

  it.each([
    '',
    'soon',
    'soon 3',
    '-5',
    '+5',
    '1.5',
    '1e3',
    '0x10',
    '1234567890',
    'Tue, 99 Foo 2030 25:00:00 GMT',
  ])('%j makes no sense and is nothing', (header) => {
    expect(retryAfterSeconds(header, NOW_MS)).toBeUndefined();
  });

  it('rounds a fraction of a second up, so that nobody comes too early', () => {
    expect(retryAfterSeconds('Tue, 01 Jan 2030 12:00:30 GMT', NOW_MS + 1)).toBe(30);
    expect(retryAfterSeconds('Tue, 01 Jan 2030 12:00:30 GMT', NOW_MS + 999)).toBe(30);
  });

  it('means the same as seconds and as a date', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 8 }), (seconds) => {
        const date = new Date(NOW_MS + seconds * 1000).toUTCString();
        expect(retryAfterSeconds(String(seconds), NOW_MS)).toBe(seconds);
        expect(retryAfterSeconds(date, NOW_MS)).toBe(seconds);
      }),
    );
  });
});
