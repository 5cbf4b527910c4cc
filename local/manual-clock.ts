import type { Clock } from './clock.ts';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /**
   * Moves time `ms` forward. Tasks that fall due run in time order, each at its own instant, and after every one the
   * promises and immediates it set off get their turn; so does whatever was under way before the first of them.
   */
  readonly advance: (ms: number) => Promise<void>;
}

interface Pending {
  readonly atMs: number;
  readonly task: () => void;
}

// A set keeps insertion order, and `<` keeps the first of two equals: tasks of one instant run as scheduled.
const earliest = (tasks: Iterable<Pending>, untilMs: number): Pending | undefined => {
  let found: Pending | undefined;
  for (const task of tasks) if (task.atMs <= untilMs && (!found || task.atMs < found.atMs)) found = task;
  return found;
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that starts at `startMs` (epoch milliseconds) and moves only through `advance`. */
export const manualClock = (startMs: number): ManualClock => {
  const tasks = new Set<Pending>();
  let nowMs = startMs;
  return {
    now: () => nowMs,
    after(delayMs, task) {
      const pending = { atMs: nowMs + Math.max(delayMs, 0), task };
      tasks.add(pending);
      return () => void tasks.delete(pending);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let due = earliest(tasks, untilMs); due; due = earliest(tasks, untilMs)) {
        tasks.delete(due);
        nowMs = Math.max(nowMs, due.atMs);
        due.task();
        await settle();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
  };
};
