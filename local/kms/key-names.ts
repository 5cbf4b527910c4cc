import { originOf } from './ciphertext.ts';
import type { KeyRing } from './key-ring.ts';

/** How the keys of a request are found; each answers an ARN, or nothing where no key is named. */
export interface KeyNames {
  /** For a key id, a key's ARN or an alias. */
  readonly ofReference: (reference: string) => string | undefined;
  readonly ofCiphertext: (base64: string) => string | undefined;
}

export const keyNames = (ring: KeyRing): KeyNames => ({
  ofReference(reference) {
    try {
      return ring.keyArn(ring.find(reference).id);
    } catch {
      return undefined;
    }
  },
  ofCiphertext(base64) {
    const origin = originOf(Buffer.from(base64, 'base64'));
    return origin && ring.keyArn(origin.keyId);
  },
});
