/** A delivery that still fails after this many attempts is quarantined. */
export const ATTEMPTS_MAX = 8;

const BASE_SECONDS = 5;
const FACTOR = 4;
const DELAY_SECONDS_MAX = 900;
// A destination may ask for patience, but not for more than we can keep a message moving.
const RETRY_AFTER_SECONDS_MAX = 3 * 3600;

/**
 * Seconds until the next attempt after `attempts` of them (1 or more). A destination's own `Retry-After` is kept
 * exactly, unless it says "at once"; otherwise equal jitter: half of an exponentially growing delay is fixed, half
 * random.
 * `random` gives [0, 1).
 */
export const retryDelaySeconds = (
  attempts: number,
  random: () => number,
  retryAfterSeconds?: number,
): number => {
  if (retryAfterSeconds) return Math.min(retryAfterSeconds, RETRY_AFTER_SECONDS_MAX);
  const ceiling = Math.min(BASE_SECONDS * FACTOR ** (attempts - 1), DELAY_SECONDS_MAX);
  return Math.ceil(ceiling / 2 + (random() * ceiling) / 2);
};
