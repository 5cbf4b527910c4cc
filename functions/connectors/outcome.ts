import type { HttpResult } from '../platform/egress/request.ts';
import type { DeliveryOutcome } from './define.ts';

// `Date.parse` makes a date of almost any text with a digit in it; an HTTP date begins with the day (RFC 9110 §5.6.7).
const HTTP_DATE = /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? .*\d\d:\d\d:\d\d/;

/**
 * Seconds to wait as a `Retry-After` header says, in seconds or as an HTTP date (RFC 9110 §10.2.3); undefined when
 * there is none or it makes no sense.
 */
export const retryAfterSeconds = (header: string | undefined, nowMs: number): number | undefined => {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim());
  const at = HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - nowMs) / 1000));
};

// RFC 9110 §15: these may pass by themselves. Any other 4xx says that the request itself is at fault.
const RETRYABLE = new Set([408, 425]);

// What we refuse to dial stays refused until someone changes the connection.
const NEVER_SENT = new Set(['private_address', 'invalid_request']);

/**
 * The shared reading of an HTTP answer: 2xx delivered, 429 throttled, 5xx and 408 and 425 worth a retry, the rest
 * rejected. A redirect is never followed and counts as a refusal, as the Standard Webhooks spec has it.
 */
export const outcomeOf = (result: HttpResult, nowMs: number): DeliveryOutcome => {
  if (result.outcome === 'failed') {
    const { code } = result;
    return NEVER_SENT.has(code) ? { outcome: 'rejected', code } : { outcome: 'retry', code };
  }
  const code = `http_${result.status}`;
  const after = retryAfterSeconds(result.headers['retry-after'], nowMs);
  const afterSeconds = after === undefined ? {} : { afterSeconds: after };
  if (result.status >= 200 && result.status < 300) return { outcome: 'delivered' };
  if (result.status === 429) return { outcome: 'throttled', code, ...afterSeconds };
  if (result.status >= 500) return { outcome: 'retry', code, ...(result.status === 503 ? afterSeconds : {}) };
  return RETRYABLE.has(result.status) ? { outcome: 'retry', code } : { outcome: 'rejected', code };
};
