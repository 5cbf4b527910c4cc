import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';

/** Binds a ciphertext to its place: KMS and the cipher both refuse to open it under any other context. */
export type EncryptionContext = Readonly<Record<string, string>>;

export interface Sealed {
  readonly wrapped_key: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

const CIPHER = 'aes-256-gcm';
// NIST SP 800-38D §5.2.1.1 recommends 96 bits.
const IV_BYTES = 12;

const aad = (context: EncryptionContext) =>
  Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));

/** Encrypts under a fresh data key that KMS wraps. One KMS call. */
export const makeSeal =
  (kms: KMSClient, keyId: string) =>
  async (plaintext: string, context: EncryptionContext): Promise<Sealed> => {
    const command = new GenerateDataKeyCommand({
      KeyId: keyId,
      KeySpec: 'AES_256',
      EncryptionContext: context,
    });
    const { Plaintext: key, CiphertextBlob: wrapped } = await kms.send(command);
    if (!key || !wrapped) throw new Error('KMS answered without a data key');
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key, iv).setAAD(aad(context));
    const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    key.fill(0);
    return { wrapped_key: wrapped, iv, ciphertext, tag: cipher.getAuthTag() };
  };

/**
 * Decrypts what `makeSeal` made. One KMS call.
 * @throws when the context is not the one it was sealed under, or a byte was changed
 */
export const makeOpen =
  (kms: KMSClient, keyId: string) =>
  async (sealed: Sealed, context: EncryptionContext): Promise<string> => {
    const command = new DecryptCommand({
      KeyId: keyId,
      CiphertextBlob: sealed.wrapped_key,
      EncryptionContext: context,
    });
    const { Plaintext: key } = await kms.send(command);
    if (!key) throw new Error('KMS answered without a data key');
    const decipher = createDecipheriv(CIPHER, key, sealed.iv).setAAD(aad(context)).setAuthTag(sealed.tag);
    const plaintext = Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]);
    key.fill(0);
    return plaintext.toString('utf8');
  };
