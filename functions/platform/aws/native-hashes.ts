import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

type Bytes = string | ArrayBuffer | ArrayBufferView;

const toBytes = (data: Bytes): string | Uint8Array => {
  if (typeof data === 'string') return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};

/** The hash of an algorithm, or its HMAC under a secret, in the shape in which the SDK uses it. */
const nativeHash = (algorithm: 'sha256' | 'md5') =>
  class {
    #state: Hash | Hmac;
    readonly #begin: () => Hash | Hmac;

    constructor(secret?: Bytes) {
      const key = secret === undefined ? undefined : toBytes(secret);
      this.#begin = () => (key === undefined ? createHash(algorithm) : createHmac(algorithm, key));
      this.#state = this.#begin();
    }

    update(data: Bytes): void {
      this.#state.update(toBytes(data));
    }

    async digest(): Promise<Uint8Array> {
      return new Uint8Array(this.#state.digest());
    }

    reset(): void {
      this.#state = this.#begin();
    }
  };

// Bundles use these two in place of the SDK's, which bring copies of the algorithms for platforms without any.

/** Requests are signed with it. */
export const Sha256 = nativeHash('sha256');

/** SQS's answers are checked with it. */
export const Md5 = nativeHash('md5');
