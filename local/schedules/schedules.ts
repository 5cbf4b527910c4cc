import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { CallResult } from './call.ts';
import { creationTime } from './creation.ts';
import { type Firing, makeFiring, type ScheduleWithPorts } from './firing.ts';
import { startTimer, type Timer } from './timer.ts';
import { timetable } from './timetable.ts';

export interface SchedulesOptions {
  readonly schedules: readonly ScheduleWithPorts[];
  readonly clock: Clock;
  /** Where each schedule keeps when it was made. */
  readonly dataDir: string;
  /** Whether they fire by the clock. @default true */
  readonly timed?: boolean;
}

/** The schedules and scheduled rules of the template, by logical id. */
export interface Schedules {
  readonly logicalIds: readonly string[];
  /**
   * Fires now, enabled or not, and resolves when every target was called and every function has run once.
   * Rejects when a call or a run failed; retries go on all the same.
   */
  readonly fire: (logicalId: string) => Promise<void>;
  /** When it fires next, in epoch milliseconds; undefined for one that is disabled or over. */
  readonly next: (logicalId: string) => number | undefined;
  /** Resolves when no call is under way; retries that wait are forgotten. */
  readonly stop: () => Promise<void>;
}

const NEVER: Timer = { nextMs: () => undefined, cancel: () => {} };

/**
 * Times a schedule from now on. What was missed while nothing ran is not made up for; from memory, neither service does so
 * on AWS, where a schedule that was disabled goes on with the next occurrence.
 */
const timerOf = (
  schedule: ScheduleWithPorts,
  { clock, dataDir, timed = true }: SchedulesOptions,
  { fire }: Firing,
): Timer => {
  const { scheduled } = schedule;
  const nowMs = clock.now();
  const file = join(dataDir, `schedule-${scheduled.logicalId}.json`);
  const { createdAtMs, isNew } = creationTime(file, scheduled.expressionText, nowMs);
  if (!scheduled.enabled || !timed) return NEVER;
  const occurrences = timetable(scheduled.expression, scheduled, createdAtMs);
  // An occurrence at this very instant belongs to a new schedule; an old one may have fired for it before the restart.
  const afterMs = isNew ? nowMs - 1 : nowMs;
  return startTimer(clock, occurrences, afterMs, (scheduledMs) => void fire(schedule, scheduledMs));
};

/** What is wrong with the first try, down to the run of a function. */
const problemOf = async (result: CallResult): Promise<string | undefined> => {
  if (!result.ok) return `${result.code}: ${result.message}`;
  const answer = await result.answer;
  return !answer || answer.ok ? undefined : `${answer.error.errorType}: ${answer.error.errorMessage}`;
};

/** Starts the schedules: each fires at the occurrences that are still to come. */
export const startSchedules = (options: SchedulesOptions): Schedules => {
  const firing = makeFiring(options.clock);
  const started = new Map(
    options.schedules.map((schedule) => [
      schedule.scheduled.logicalId,
      { schedule, timer: timerOf(schedule, options, firing) },
    ]),
  );
  const named = (logicalId: string) => {
    const found = started.get(logicalId);
    if (found) return found;
    const known = [...started.keys()].join(', ') || 'none';
    throw new Error(`There is no schedule '${logicalId}'; there are ${known}`);
  };

  return {
    logicalIds: [...started.keys()],
    async fire(logicalId) {
      const results = await firing.fire(named(logicalId).schedule, options.clock.now());
      const problems = (await Promise.all(results.map(problemOf))).filter((one) => one !== undefined);
      if (problems.length > 0) throw new Error(`${logicalId}: ${problems.join('; ')}`);
    },
    next: (logicalId) => named(logicalId).timer.nextMs(),
    async stop() {
      for (const { timer } of started.values()) timer.cancel();
      await firing.stop();
    },
  };
};
