import { createHmac, randomBytes } from 'node:crypto';

export type SignatureHeaders = Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>;

export interface SignInput {
  /** The same for every attempt of one message: the receiver's idempotency key. Visible ASCII without a dot. */
  readonly id: string;
  readonly timestampSeconds: number;
  readonly body: Uint8Array;
  /** One, or several while they rotate, newest first. */
  readonly secrets: readonly string[];
}

const PREFIX = 'whsec_';
const KEY_BYTES = 32;
const KEY_BYTES_MIN = 24;
const KEY_BYTES_MAX = 64;

const keyOf = (secret: string): Buffer | undefined => {
  if (!secret.startsWith(PREFIX)) return undefined;
  const encoded = secret.slice(PREFIX.length);
  const key = Buffer.from(encoded, 'base64');
  // Node skips what is not base64, so only a round trip proves that the text means these bytes to every receiver.
  const strict = key.toString('base64') === encoded;
  return strict && key.length >= KEY_BYTES_MIN && key.length <= KEY_BYTES_MAX ? key : undefined;
};

/** Whether a value is a Standard Webhooks v1 secret: `whsec_` and the padded base64 of 24 to 64 bytes. */
export const isSigningSecret = (value: string): boolean => keyOf(value) !== undefined;

/** A new secret of 32 bytes. */
export const generateSigningSecret = (random: (bytes: number) => Uint8Array = randomBytes): string =>
  PREFIX + Buffer.from(random(KEY_BYTES)).toString('base64');

const tokenOf = (secret: string, preamble: string, body: Uint8Array): string => {
  const key = keyOf(secret);
  if (key === undefined) throw new TypeError('a signing secret is malformed');
  return `v1,${createHmac('sha256', key).update(preamble).update(body).digest('base64')}`;
};

/**
 * The three Standard Webhooks headers for the very bytes that are sent, with one v1 token per secret, in their order. Throws a TypeError, which
 * quotes no input, when an id, a timestamp or a secret is malformed, or no secret is given: each is a bug of the caller.
 */
export const sign = ({ id, timestampSeconds, body, secrets }: SignInput): SignatureHeaders => {
  // A dot in the id would let two different messages share the same signed bytes.
  if (!/^[\x21-\x2d\x2f-\x7e]+$/.test(id)) throw new TypeError('the message id is malformed');
  if (!Number.isSafeInteger(timestampSeconds) || timestampSeconds < 0) {
    throw new TypeError('the timestamp is not in whole seconds');
  }
  if (secrets.length === 0) throw new TypeError('no signing secret is given');
  const timestamp = String(timestampSeconds);
  const tokens = secrets.map((secret) => tokenOf(secret, `${id}.${timestamp}.`, body));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': tokens.join(' ') };
};
