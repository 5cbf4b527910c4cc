import { createHash, randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** 16 bytes as 26 characters of Crockford's base 32 (crockford.com/base32), in lower case. */
export const base32 = (bytes: Uint8Array): string => {
  let bits = 0n;
  for (const byte of bytes.subarray(0, 16)) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let digit = 0; digit < 26; digit++) {
    text = CROCKFORD.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  return text;
};

/** The id that follows from `parts`. Parts are length-prefixed, so that no two lists share one. */
export const derivedId = (prefix: string, ...parts: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return `${prefix}_${base32(hash.digest())}`;
};

/** A fresh id with 128 random bits. */
export const randomId = (prefix: string): string => `${prefix}_${base32(randomBytes(16))}`;
