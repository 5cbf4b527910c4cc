import type { Log } from '../../platform/log/log.ts';

export interface SweepDeps {
  readonly due: (untilMs: number) => Promise<number>;
  readonly parked: (untilMs: number) => Promise<number>;
  readonly now: () => number;
  readonly log: Log;
}

/** Shorter than the minute between two sweeps; what is left then is the next one's. */
const BUDGET_MS = 45_000;

/**
 * Brings deliveries back that no queue holds: those that are due, and those whose connection is ready again.
 * @throws when either failed, after both have ended
 */
export const makeSweep =
  ({ due, parked, now, log }: SweepDeps) =>
  async (): Promise<void> => {
    const startedAtMs = now();
    const untilMs = startedAtMs + BUDGET_MS;
    const results = await Promise.allSettled([due(untilMs), parked(untilMs)]);
    const sent = results.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0);
    if (sent > 0)
      log({ stage: 'sweep', outcome: 'sent_back', count: sent, duration_ms: now() - startedAtMs });
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  };
