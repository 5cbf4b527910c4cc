import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '#functions/connectors/define.ts';
import { ATTEMPTS_MAX } from '#functions/outbound/deliver/retry-schedule.ts';
import {
  type AttemptFacts,
  settleAttempt,
  settleSkipped,
  settleUndeliverable,
} from '#functions/outbound/deliver/settle.ts';
import type { DeliveryRow, SettledRow } from '#functions/outbound/deliveries.ts';
import { queuedRow, START_MS } from '../../harness/outbound.ts';

const ENDED_MS = START_MS + 250;
const EXPIRES_SECONDS = 2_000_000_000;
const WEEK_MS = 7 * 24 * 3600 * 1000;
const FIRST_ATTEMPT = { at: new Date(START_MS).toISOString(), duration_ms: 250, n: 1 };

const facts = (changes: Partial<AttemptFacts> = {}): AttemptFacts => ({
  eventId: 'evt_00000000000000000000000000',
  startedAtMs: START_MS,
  endedAtMs: ENDED_MS,
  expiresAtSeconds: EXPIRES_SECONDS,
  random: () => 0,
  newQuarantineId: () => 'qua_new',
  ...changes,
});

const claimed = (changes: Partial<DeliveryRow> = {}) =>
  queuedRow({ state: 'delivering', claims: 1, ...changes });
const settle = (row: DeliveryRow, result: AttemptOutcome) => settleAttempt(row, result, facts());

const retry: AttemptOutcome = { outcome: 'retry', code: 'http_500' };
const throttled: AttemptOutcome = { outcome: 'throttled', code: 'http_429' };

const QUARANTINED = {
  state: 'quarantined',
  quarantine_id: 'qua_new',
  remove: expect.arrayContaining(['due', 'expires']),
};

/** The row that a settled one leaves in the table. */
const applied = (row: DeliveryRow, { remove, ...set }: SettledRow): DeliveryRow => {
  const merged = Object.entries({ ...row, ...set }).filter(([name]) => !remove.includes(name));
  return { ...queuedRow(), ...Object.fromEntries(merged) };
};

describe('an attempt makes of a row', () => {
  it('delivered: over, to be forgotten in time', () => {
    expect(settle(claimed({ reason: 'http_500' }), { outcome: 'delivered' })).toEqual({
      state: 'delivered',
      updated: ENDED_MS,
      spent: 1,
      claims: 0,
      attempts: [{ ...FIRST_ATTEMPT, outcome: 'delivered' }],
      expires: EXPIRES_SECONDS,
      remove: ['due', 'reason', 'quarantine_id', 'throttled_since'],
    });
  });

  it('retry: waiting for its delay, one attempt spent', () => {
    expect(settle(claimed(), retry)).toEqual({
      state: 'retry',
      reason: 'http_500',
      updated: ENDED_MS,
      spent: 1,
      claims: 0,
      due: ENDED_MS + 4000,
      attempts: [{ ...FIRST_ATTEMPT, outcome: 'retry', code: 'http_500' }],
      expires: EXPIRES_SECONDS,
      remove: ['quarantine_id', 'throttled_since'],
    });
  });

  it.each(['unauthorized', 'rejected'] as const)(
    '%s: quarantined at once, and never forgotten',
    (outcome) => {
      const settled = settle(claimed(), { outcome, code: 'http_401' });
      expect(settled).toMatchObject({ ...QUARANTINED, reason: 'http_401', spent: 1 });
      expect(settled).not.toHaveProperty('expires');
    },
  );

  it('blocked: skipped, as our own policy has it', () => {
    const settled = settle(claimed(), { outcome: 'blocked', code: 'policy' });
    expect(settled).toMatchObject({ state: 'skipped', reason: 'policy', expires: EXPIRES_SECONDS });
  });

  it('throttled: waiting, nothing spent', () => {
    const settled = settle(claimed({ spent: 2 }), throttled);
    expect(settled).toMatchObject({ state: 'retry', spent: 2, due: ENDED_MS + 4_000 });
    expect(settled.attempts).toMatchObject([{ outcome: 'throttled', code: 'http_429' }]);
  });

  it('throttled again and again: waiting longer each time, also when told to come back at once', () => {
    const delays: number[] = [];
    let row = claimed();
    for (let time = 0; time < 4; time++) {
      const settled = settle(row, { ...throttled, afterSeconds: 0 });
      delays.push((settled.due ?? 0) - ENDED_MS);
      row = applied(row, settled);
    }
    expect(delays).toEqual([4_000, 23_000, 90_000, 450_000]);
  });

  it.each([retry, throttled])('%o: waiting exactly as long as the destination asks', (result) => {
    expect(settle(claimed(), { ...result, afterSeconds: 17 })).toMatchObject({ due: ENDED_MS + 17_000 });
  });
});

describe('the attempts of a row', () => {
  it('end in quarantine with the last one that counts', () => {
    expect(settle(claimed({ spent: ATTEMPTS_MAX - 2 }), retry)).toMatchObject({ state: 'retry' });
    expect(settle(claimed({ spent: ATTEMPTS_MAX - 1 }), retry)).toMatchObject({
      ...QUARANTINED,
      reason: 'http_500',
      spent: ATTEMPTS_MAX,
    });
  });

  it('are not used up by any number of throttled ones within a day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.nat({ max: ATTEMPTS_MAX - 1 }), (times, spent) => {
        let row = claimed({ spent });
        for (let time = 0; time < times; time++) row = applied(row, settle(row, throttled));
        expect(row.spent).toBe(spent);
        if (times > 0) expect(row.state).toBe('retry');
      }),
    );
  });

  it('end in quarantine when throttling goes on for more than a day', () => {
    const row = (agoMs: number) => claimed({ throttled_since: ENDED_MS - agoMs });
    expect(settle(row(WEEK_MS), throttled)).toMatchObject({ state: 'retry' });
    expect(settle(row(WEEK_MS + 1), throttled)).toMatchObject({ ...QUARANTINED, reason: 'http_429' });
  });

  it('do not end so for the age of the row alone, nor after an attempt that was not throttled', () => {
    expect(settle(claimed({ created: ENDED_MS - 2 * WEEK_MS }), throttled)).toMatchObject({
      state: 'retry',
      throttled_since: ENDED_MS,
    });
    const row = claimed({ throttled_since: ENDED_MS - 2 * WEEK_MS });
    expect(applied(row, settle(row, retry))).not.toHaveProperty('throttled_since');
  });

  it('are kept up to the latest twenty, numbered on, whatever their outcomes', () => {
    const outcomes = fc.array(fc.constantFrom(retry, throttled), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(outcomes, (results) => {
        const row = results.reduce((before, result) => applied(before, settle(before, result)), claimed());
        const numbers = row.attempts.map(({ n }) => n);
        const latest = results.map((_, index) => index + 1).slice(-20);
        expect(numbers).toEqual(latest);
      }),
    );
  });

  it('keep their own time where the connector knows it, and else that of their group', () => {
    const times = [retry, { ...retry, durationMs: 7 }].map((result) => settle(claimed(), result).attempts[0]);
    expect(times.map((attempt) => attempt?.duration_ms)).toEqual([250, 7]);
  });

  it('keep of a body only its hash', () => {
    const results: AttemptOutcome[] = [
      retry,
      { ...throttled, bodySha256: 'ab' },
      { outcome: 'delivered', ref: 'their id', bodySha256: 'ab' },
    ];
    const kept = results.flatMap((result) => settle(claimed(), result).attempts);
    expect(kept.map(({ body_sha256 }) => body_sha256)).toEqual([undefined, 'ab', 'ab']);
  });
});

describe('a row that was revived from quarantine', () => {
  const revived = claimed({ quarantine_id: 'qua_old', spent: ATTEMPTS_MAX });

  it('counts its attempts anew and forgets the old quarantine', () => {
    expect(settle(revived, retry)).toMatchObject({ state: 'retry', spent: 1 });
    expect(applied(revived, settle(revived, retry))).not.toHaveProperty('quarantine_id');
    expect(settle(revived, throttled)).toMatchObject({ spent: 0 });
  });

  it('goes back under a new id, so that no old pointer revives it', () => {
    expect(settle(revived, { outcome: 'rejected', code: 'http_410' })).toMatchObject({
      quarantine_id: 'qua_new',
    });
  });
});

describe('a row that is not attempted', () => {
  const row = claimed({ spent: 2, attempts: [{ ...FIRST_ATTEMPT, outcome: 'retry' }] });
  const kept = { spent: 2, attempts: row.attempts, claims: 0, updated: ENDED_MS };

  it('keeps its attempts when its connection does not deliver any more', () => {
    expect(settleSkipped(row, 'connection_disabled', facts())).toEqual({
      ...kept,
      state: 'skipped',
      reason: 'connection_disabled',
      expires: EXPIRES_SECONDS,
      remove: ['due', 'quarantine_id'],
    });
  });

  it('keeps its attempts when it cannot be delivered at all, and waits to be looked at', () => {
    expect(settleUndeliverable(row, 'poison', facts())).toEqual({
      ...kept,
      ...QUARANTINED,
      reason: 'poison',
    });
  });
});
