import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { canonicalContext } from './encryption-context.ts';

/** 256 bits of key material with the id that ciphertexts made with it carry. */
export interface KeyMaterial {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly secret: Buffer;
}

/** Which key and which of its materials a ciphertext says it was made with. Unauthenticated until it is opened. */
export interface CiphertextOrigin {
  readonly keyId: string;
  readonly materialId: string;
}

type Context = Readonly<Record<string, string>>;

// Layout: magic | key uuid | material id | nonce | encrypted bytes | tag. The header is authenticated with the context.
const MAGIC = Buffer.from('XKM1');
const KEY_ID_END = MAGIC.length + 16;
const MATERIAL_ID_END = KEY_ID_END + 32;
const HEADER_BYTES = MATERIAL_ID_END + 12;
const TAG_BYTES = 16;

const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Encrypts `plaintext` so that it opens only with the same material and the same context. */
export const seal = (keyId: string, material: KeyMaterial, plaintext: Buffer, context: Context): Buffer => {
  const nonce = randomBytes(HEADER_BYTES - MATERIAL_ID_END);
  const ids = Buffer.from(keyId.replaceAll('-', '') + material.id, 'hex');
  const header = Buffer.concat([MAGIC, ids, nonce]);
  const cipher = createCipheriv('aes-256-gcm', material.secret, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([header, canonicalContext(context)]));
  return Buffer.concat([header, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
};

/** What the header of a ciphertext claims; nothing when these bytes cannot be a ciphertext. */
export const originOf = (ciphertext: Buffer): CiphertextOrigin | undefined => {
  if (ciphertext.length <= HEADER_BYTES + TAG_BYTES) return undefined;
  if (!ciphertext.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  return {
    keyId: uuidText(ciphertext.subarray(MAGIC.length, KEY_ID_END)),
    materialId: ciphertext.subarray(KEY_ID_END, MATERIAL_ID_END).toString('hex'),
  };
};

/** The plaintext; nothing when ciphertext, material or context are not those it was sealed with. */
export const open = (secret: Buffer, ciphertext: Buffer, context: Context): Buffer | undefined => {
  const header = ciphertext.subarray(0, HEADER_BYTES);
  const nonce = ciphertext.subarray(MATERIAL_ID_END, HEADER_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([header, canonicalContext(context)]));
  decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(ciphertext.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
};
