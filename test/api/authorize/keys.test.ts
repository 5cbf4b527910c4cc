import { errors, type FlattenedJWSInput, type JWSHeaderParameters } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issuerUnavailable } from '#functions/api/authorize/issuer-unavailable.ts';
import { makeKeys } from '#functions/api/authorize/keys.ts';
import { sleep } from '../../../local/clock.ts';
import { type ManualClock, manualClock } from '../../../local/manual-clock.ts';
import { makeSigner, type Signer } from '../../harness/signer.ts';

const MINUTE_MS = 60_000;

let one: Signer;
let two: Signer;
beforeAll(async () => {
  [one, two] = await Promise.all([makeSigner('ES256', 'one'), makeSigner('ES256', 'two')]);
});

let clock: ManualClock;
let published: readonly Signer[];
let isDown: boolean;
let failsAfterMs: number;
let fetches: number;
let keys: ReturnType<typeof makeKeys>;
beforeEach(() => {
  clock = manualClock(Date.UTC(2030, 0, 1));
  published = [one];
  isDown = false;
  failsAfterMs = 0;
  fetches = 0;
  keys = makeKeys({
    now: clock.now,
    async fetchKeys() {
      fetches += 1;
      if (failsAfterMs > 0) await sleep(clock, failsAfterMs);
      if (isDown) throw issuerUnavailable('connect_failed');
      return { keys: published.map(({ publicJwk }) => ({ ...publicJwk, kty: String(publicJwk.kty) })) };
    },
  });
});

const find = async (kid: string): Promise<'found' | 'no such key' | 'unavailable'> => {
  const header: JWSHeaderParameters = { alg: 'ES256', kid };
  try {
    await keys(header as Parameters<typeof keys>[0], {} as FlattenedJWSInput);
    return 'found';
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'no such key';
    expect(error).toMatchObject({ name: 'IssuerUnavailable' });
    return 'unavailable';
  }
};

describe("the issuer's keys", () => {
  it('are read once, however many tokens come, at once or later', async () => {
    expect(await Promise.all([find('one'), find('one'), find('one')])).toEqual(['found', 'found', 'found']);
    await clock.advance(9 * MINUTE_MS);
    expect(await find('one')).toBe('found');
    expect(fetches).toBe(1);
  });

  it('are read again for a key that is not known, so that a new one counts at once', async () => {
    await find('one');
    published = [one, two];
    await clock.advance(10_000);
    expect(await find('two')).toBe('found');
    expect(fetches).toBe(2);
  });

  it('are not read more than once in ten seconds, however many keys do not exist', async () => {
    await find('one');
    await clock.advance(10_000);
    for (let index = 0; index < 1000; index += 1) expect(await find(`junk-${index}`)).toBe('no such key');
    expect(fetches).toBe(2);
    const together = Array.from({ length: 100 }, (_, index) => find(`more-${index}`));
    expect(new Set(await Promise.all(together))).toEqual(new Set(['no such key']));
    expect(fetches).toBe(2);
    expect(await find('one')).toBe('found');
  });

  it('share one reading between all who miss a key at the same moment', async () => {
    await find('one');
    published = [two];
    await clock.advance(10_000);
    const together = Array.from({ length: 100 }, () => find('two'));
    expect(new Set(await Promise.all(together))).toEqual(new Set(['found']));
    expect(fetches).toBe(2);
  });

  it('that were withdrawn are trusted for ten minutes at most', async () => {
    await find('one');
    published = [two];
    await clock.advance(10 * MINUTE_MS);
    expect(await find('one')).toBe('found');
    await clock.advance(1);
    expect(await find('one')).toBe('no such key');
  });
});

describe('an issuer that is down', () => {
  it("is not the token's fault, and is asked again a second later", async () => {
    isDown = true;
    for (let index = 0; index < 100; index += 1) expect(await find('one')).toBe('unavailable');
    expect(fetches).toBe(1);
    isDown = false;
    await clock.advance(1000);
    expect(await find('one')).toBe('found');
  });

  it('is not noticed for an hour by those whose keys are known', async () => {
    await find('one');
    isDown = true;
    await clock.advance(60 * MINUTE_MS);
    expect(await find('one')).toBe('found');
    await clock.advance(1);
    expect(await find('one')).toBe('unavailable');
    isDown = false;
    await clock.advance(1000);
    expect(await find('one')).toBe('found');
  });

  it('is asked every ten seconds while keys are known, so that its slowness is met by few', async () => {
    await find('one');
    isDown = true;
    failsAfterMs = 3000;
    await clock.advance(10 * 60_000 + 1);
    const waiting = find('one');
    await clock.advance(3000);
    expect(await waiting).toBe('found');
    await clock.advance(9999);
    for (let index = 0; index < 100; index += 1) expect(await find('one')).toBe('found');
    expect(fetches).toBe(2);
  });

  it('is one whose keys make no sense as well', async () => {
    keys = makeKeys({ now: clock.now, fetchKeys: () => Promise.reject(new TypeError('canary')) });
    expect(await find('one')).toBe('unavailable');
  });

  it('leaves open whether a key that is not known exists', async () => {
    await find('one');
    isDown = true;
    published = [one, two];
    await clock.advance(10_000);
    expect(await find('two')).toBe('unavailable');
    expect(await find('one')).toBe('found');
    isDown = false;
    await clock.advance(10_000);
    expect(await find('two')).toBe('found');
  });
});
