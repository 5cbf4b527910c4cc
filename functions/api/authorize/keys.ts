import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { KeySet } from './discovery.ts';
import { isIssuerUnavailable, issuerUnavailable } from './issuer-unavailable.ts';

export interface KeysDeps {
  readonly fetchKeys: () => Promise<KeySet>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A withdrawn key is trusted no longer than this, while its issuer can be reached. */
const FRESH_MS = 10 * 60_000;
/** For so long an issuer may be down without anybody noticing. */
const KEPT_MS = 60 * 60_000;
/** However many tokens name keys that do not exist, and however slowly it fails, the issuer is asked only so often. */
const COOL_DOWN_MS = 10_000;
const WITHOUT_KEYS_COOL_DOWN_MS = 1000;

/** The keys that were read last, and when and with what luck the issuer was asked. */
const makeHeld = ({ fetchKeys, now }: KeysDeps) => {
  let find: JWTVerifyGetKey | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let asking: Promise<void> | undefined;

  const usable = () => (now() - readAtMs <= KEPT_MS ? find : undefined);
  const ask = async (): Promise<void> => {
    try {
      find = createLocalJWKSet(await fetchKeys());
      readAtMs = now();
      failure = undefined;
    } catch (error) {
      failure = isIssuerUnavailable(error) ? error : issuerUnavailable('not_usable');
    }
    askedAtMs = now();
  };
  return {
    ageMs: () => now() - readAtMs,
    failure: () => failure,
    find: (): JWTVerifyGetKey => {
      const found = usable();
      if (found !== undefined) return found;
      throw failure ?? issuerUnavailable('never_read');
    },
    /** Asks the issuer, unless that was done a moment ago; callers at the same time share one answer. */
    async refresh(): Promise<void> {
      const coolDownMs = usable() === undefined ? WITHOUT_KEYS_COOL_DOWN_MS : COOL_DOWN_MS;
      if (asking === undefined && now() - askedAtMs < coolDownMs) return;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      await asking;
    },
  };
};

/**
 * Finds the key that a token names among the issuer's. Keys are read again after ten minutes, and for a key that is not
 * known. Rejects with jose's JWKSNoMatchingKey when the issuer has no such key, and with `issuerUnavailable` while that
 * cannot be known.
 */
export const makeKeys = (deps: KeysDeps): JWTVerifyGetKey => {
  const held = makeHeld(deps);
  return async (header, token) => {
    if (held.ageMs() > FRESH_MS) await held.refresh();
    try {
      return await held.find()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await held.refresh();
      const failure = held.failure();
      if (failure !== undefined) throw failure;
      return held.find()(header, token);
    }
  };
};
