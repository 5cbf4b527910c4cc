import { type KMSClient, ReEncryptCommand } from '@aws-sdk/client-kms';
import { errorCode } from '../log/log.ts';
import type { EncryptionContext, Sealed } from './seal.ts';

// What KMS says of one ciphertext. All else that it says is about the key, the caller or itself.
const REFUSALS = new Set(['InvalidCiphertextException', 'IncorrectKeyException', 'ValidationException']);

/** Whether KMS refused this one ciphertext, as not made by the key or not under that context. */
export const isRefusal = (error: unknown): boolean => REFUSALS.has(errorCode(error));

/**
 * Wraps the data key of what `makeSeal` made by the key's current material. One KMS call, in which no plaintext leaves
 * KMS. Answers the very same object when that material has wrapped it already.
 * @throws when KMS refuses or fails; `isRefusal` tells the one from the other
 */
export const makeRewrap =
  (kms: KMSClient, keyId: string) =>
  async <T extends Pick<Sealed, 'wrapped_key'>>(sealed: T, context: EncryptionContext): Promise<T> => {
    const command = new ReEncryptCommand({
      CiphertextBlob: sealed.wrapped_key,
      SourceKeyId: keyId,
      SourceEncryptionContext: context,
      DestinationKeyId: keyId,
      DestinationEncryptionContext: context,
    });
    const answer = await kms.send(command);
    const { CiphertextBlob: wrapped_key, SourceKeyMaterialId: was, DestinationKeyMaterialId: is } = answer;
    if (!wrapped_key) throw new Error('KMS answered without a ciphertext');
    return was !== undefined && was === is ? sealed : { ...sealed, wrapped_key };
  };

export type Rewrap = ReturnType<typeof makeRewrap>;
