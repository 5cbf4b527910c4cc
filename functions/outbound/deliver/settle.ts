import type { SkipReason } from '#contracts/deliveries.ts';
import type { AttemptOutcome } from '../../connectors/define.ts';
import { DELAY_SECONDS_MAX } from '../../platform/queue/send.ts';
import type { DeliveryRow, RecordedAttempt, SettledRow } from '../deliveries.ts';
import { waitingUntil } from '../waiting.ts';
import { ATTEMPTS_MAX, retryDelaySeconds } from './retry-schedule.ts';

export interface AttemptFacts {
  readonly eventId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** When a row that is over may be forgotten. */
  readonly expiresAtSeconds: number;
  readonly random: () => number;
  readonly newQuarantineId: () => string;
}

/** The latest attempts that a row keeps; a destination that throttles for days must not outgrow it. */
const ATTEMPTS_KEPT = 20;

/** Being throttled spends no attempts, so it needs an end of its own. */
const THROTTLED_MS_MAX = 7 * 24 * 3600 * 1000;

const toAttempt = (row: DeliveryRow, result: AttemptOutcome, facts: AttemptFacts): RecordedAttempt => ({
  n: (row.attempts.at(-1)?.n ?? 0) + 1,
  at: new Date(facts.startedAtMs).toISOString(),
  duration_ms: result.durationMs ?? facts.endedAtMs - facts.startedAtMs,
  outcome: result.outcome,
  ...('code' in result ? { code: result.code } : {}),
  ...(result.bodySha256 === undefined ? {} : { body_sha256: result.bodySha256 }),
});

type Ending = Pick<
  SettledRow,
  'state' | 'reason' | 'due' | 'wait' | 'wait_at' | 'quarantine_id' | 'expires' | 'throttled_since' | 'remove'
>;

const delivered = (facts: AttemptFacts): Ending => ({
  state: 'delivered',
  expires: facts.expiresAtSeconds,
  remove: ['due', 'reason', 'quarantine_id'],
});

const skipped = (reason: string, facts: AttemptFacts): Ending => ({
  state: 'skipped',
  reason,
  expires: facts.expiresAtSeconds,
  remove: ['due', 'quarantine_id'],
});

// What nobody has looked at yet does not expire.
const quarantined = (reason: string, facts: AttemptFacts): Ending => ({
  state: 'quarantined',
  reason,
  quarantine_id: facts.newQuarantineId(),
  remove: ['due', 'expires'],
});

const waiting = (reason: string, delaySeconds: number, facts: AttemptFacts): Ending => {
  const due = facts.endedAtMs + delaySeconds * 1000;
  return {
    state: 'retry',
    reason,
    due,
    // What the queue cannot delay for so long waits in the index, and the sweep brings it back.
    ...(delaySeconds > DELAY_SECONDS_MAX ? waitingUntil(facts.eventId, due) : {}),
    expires: facts.expiresAtSeconds,
    remove: ['quarantine_id'],
  };
};

const throttledInARow = ({ attempts }: DeliveryRow) =>
  attempts.length - 1 - attempts.findLastIndex(({ outcome }) => outcome !== 'throttled');

type Throttled = Extract<AttemptOutcome, { outcome: 'throttled' }>;

const throttled = (row: DeliveryRow, result: Throttled, facts: AttemptFacts): Ending => {
  const since = row.throttled_since ?? facts.endedAtMs;
  if (facts.endedAtMs - since > THROTTLED_MS_MAX) return quarantined(result.code, facts);
  const delaySeconds = retryDelaySeconds(throttledInARow(row) + 1, facts.random, result.afterSeconds);
  return { ...waiting(result.code, delaySeconds, facts), throttled_since: since };
};

const endingOf = (row: DeliveryRow, spent: number, result: AttemptOutcome, facts: AttemptFacts): Ending => {
  switch (result.outcome) {
    case 'delivered':
      return delivered(facts);
    case 'throttled':
      return throttled(row, result, facts);
    case 'retry':
      return spent >= ATTEMPTS_MAX
        ? quarantined(result.code, facts)
        : waiting(result.code, retryDelaySeconds(spent, facts.random, result.afterSeconds), facts);
    case 'unauthorized':
    case 'rejected':
      return quarantined(result.code, facts);
    case 'blocked':
      return skipped(result.code, facts);
    default:
      return result satisfies never;
  }
};

/**
 * What a claimed row becomes after an attempt. A throttled attempt is recorded and spends nothing; a row that was
 * revived from quarantine starts to count anew.
 */
export const settleAttempt = (row: DeliveryRow, result: AttemptOutcome, facts: AttemptFacts): SettledRow => {
  const before = row.quarantine_id === undefined ? row.spent : 0;
  const spent = result.outcome === 'throttled' ? before : before + 1;
  const ending = endingOf(row, spent, result, facts);
  return {
    ...ending,
    // A series of throttled attempts ends with the first that is not.
    remove: ending.throttled_since === undefined ? [...ending.remove, 'throttled_since'] : ending.remove,
    updated: facts.endedAtMs,
    spent,
    claims: 0,
    attempts: [...row.attempts, toAttempt(row, result, facts)].slice(-ATTEMPTS_KEPT),
  };
};

const withoutAttempt = ({ spent, attempts }: DeliveryRow, facts: AttemptFacts) => ({
  spent,
  attempts,
  claims: 0,
  updated: facts.endedAtMs,
});

/** What a claimed row becomes when its connection does not deliver any more. */
export const settleSkipped = (row: DeliveryRow, reason: SkipReason, facts: AttemptFacts): SettledRow => ({
  ...withoutAttempt(row, facts),
  ...skipped(reason, facts),
});

/** What a claimed row becomes when it cannot be attempted at all. */
export const settleUndeliverable = (row: DeliveryRow, reason: string, facts: AttemptFacts): SettledRow => ({
  ...withoutAttempt(row, facts),
  ...quarantined(reason, facts),
});
