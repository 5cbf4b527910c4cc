import { type Problem, problem } from '#contracts/errors.ts';
import { REQUEST_BYTES_MAX } from '#contracts/limits.ts';

/** The parts of an HTTP API event that a body is read from. */
export interface RawBody {
  readonly contentType: string | undefined;
  readonly body: string | undefined;
  readonly isBase64Encoded: boolean;
}

export type ParsedBody =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly problem: Problem };

const refuse = (code: Parameters<typeof problem>[0], detail: string): ParsedBody => ({
  ok: false,
  problem: problem(code, { detail }),
});

/** Reads a JSON body from the bytes that came. Text that is not UTF-8 is not JSON (RFC 8259 §8.1). */
export const parseBody = (raw: RawBody): ParsedBody => {
  const bytes = Buffer.from(raw.body ?? '', raw.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > REQUEST_BYTES_MAX) {
    return refuse('request.body_too_large', `At most ${REQUEST_BYTES_MAX} bytes; ${bytes.byteLength} came.`);
  }
  const mediaType = raw.contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    return refuse('request.content_type', 'Send the header content-type: application/json.');
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { ok: true, json: JSON.parse(text) };
  } catch {
    return refuse('request.json_invalid', 'The body is not JSON in UTF-8.');
  }
};
