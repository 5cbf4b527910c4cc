import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod';

export interface HttpReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

const MESSAGES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

/** What the gateway answers by itself, without or instead of the function. */
export const gatewayReply = (statusCode: keyof typeof MESSAGES): HttpReply => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message: MESSAGES[statusCode] })),
});

const PAYLOAD_BYTES_MAX = 6_291_556;

const FunctionResponse = z.object({
  statusCode: z.coerce.number().int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

// The connection to the client is the gateway's own; what a function says about it has no effect.
const GATEWAY_OWNED = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

const headersFrom = (given: Readonly<Record<string, unknown>>, cookies: readonly string[]) => {
  const headers: Record<string, string | readonly string[]> = { 'content-type': 'text/plain; charset=utf-8' };
  for (const [rawName, value] of Object.entries(given)) {
    const name = rawName.toLowerCase();
    if (!GATEWAY_OWNED.has(name)) headers[name] = String(value);
  }
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  return headers;
};

const canBeSent = (headers: HttpReply['headers']): boolean => {
  try {
    for (const [name, values] of Object.entries(headers)) {
      validateHeaderName(name);
      for (const value of [values].flat()) validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
};

const hasStatusCode = (payload: unknown): boolean =>
  typeof payload === 'object' && payload !== null && 'statusCode' in payload;

/**
 * The reply for a function's answer: the response object of payload format 2.0, or, for an answer without a statusCode, 200 with
 * the answer itself as JSON. An answer that AWS would refuse (too long, or a field of a wrong type) becomes a 500.
 */
export const functionReply = (payload: unknown): HttpReply => {
  const json = JSON.stringify(payload ?? null);
  if (Buffer.byteLength(json) > PAYLOAD_BYTES_MAX) return gatewayReply(500);
  if (!hasStatusCode(payload)) {
    const body = Buffer.from(typeof payload === 'string' ? payload : json);
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const { success, data } = FunctionResponse.safeParse(payload);
  if (!success) return gatewayReply(500);
  const headers = headersFrom(data.headers ?? {}, data.cookies ?? []);
  if (!canBeSent(headers)) return gatewayReply(500);
  const body = Buffer.from(data.body ?? '', data.isBase64Encoded ? 'base64' : 'utf8');
  return { statusCode: data.statusCode, headers, body };
};
