const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Seconds between one attempt and the next: about three days over thirteen attempts. */
const DELAYS_SECONDS: readonly number[] = [
  5,
  30,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  12 * HOUR,
  24 * HOUR,
  24 * HOUR,
];

/** A delivery that still fails after this many attempts is quarantined. */
export const ATTEMPTS_MAX = DELAYS_SECONDS.length + 1;

/** What failed in one second comes back over half as long as it waited, and not in one second again. */
const JITTER = 0.5;

// Beyond this a destination is not asking for patience, and its own retries are long over.
const RETRY_AFTER_SECONDS_MAX = 7 * 24 * HOUR;

/**
 * Seconds until the next attempt after `attempts` of them (1 or more): a quarter less to a quarter more than the
 * schedule says. A destination's own `Retry-After` is kept exactly, unless it says "at once" or more than a week.
 * `random` gives [0, 1).
 */
export const retryDelaySeconds = (
  attempts: number,
  random: () => number,
  retryAfterSeconds?: number,
): number => {
  if (retryAfterSeconds) return Math.min(retryAfterSeconds, RETRY_AFTER_SECONDS_MAX);
  const delay = DELAYS_SECONDS[Math.min(attempts, DELAYS_SECONDS.length) - 1] ?? 0;
  return Math.ceil(delay * (1 - JITTER / 2 + random() * JITTER));
};
