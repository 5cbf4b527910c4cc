import { type Cancel, type Clock, systemClock } from './clock.ts';
import { offsetMsOf } from './time-offset.ts';

/** Real time plus an offset that grows: what waits for hours or days can be reached in an instant. */
export interface TravelClock extends Clock {
  /** One signed 64-bit number: the milliseconds by which this clock is ahead. Other threads read it with Atomics. */
  readonly offset: SharedArrayBuffer;
  /**
   * Moves time to `ms` from now, stopping at every task on the way: each runs in the order of its time, and what it
   * sets off gets its turn, all held work included, before time moves on. Calls at the same time follow each other.
   */
  readonly advance: (ms: number) => Promise<void>;
  /** Marks work that takes real time: until it is released, no advance moves on. */
  readonly hold: () => Cancel;
}

interface Pending {
  readonly atMs: number;
  readonly task: () => void;
}

/** Whether time may jump on this clock. */
export const isTravelClock = (clock: Clock): clock is TravelClock => 'offset' in clock;

// A message that becomes visible passes a commit and several promises before its function is invoked, and so held.
const SETTLING_TURNS = 4;

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < SETTLING_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

// A set keeps insertion order, and `<` keeps the first of two equals: tasks of one instant run as scheduled.
const earliest = (tasks: Iterable<Pending>, untilMs: number): Pending | undefined => {
  let found: Pending | undefined;
  for (const task of tasks) if (task.atMs <= untilMs && (!found || task.atMs < found.atMs)) found = task;
  return found;
};

/** Holds that are open, and a wait for the end of all of them. */
const holds = () => {
  let open = 0;
  let released = Promise.withResolvers<void>();
  return {
    hold(): Cancel {
      open += 1;
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        open -= 1;
        if (open > 0) return;
        released.resolve();
        released = Promise.withResolvers();
      };
    },
    async quiet(): Promise<void> {
      await settle();
      while (open > 0) {
        await released.promise;
        await settle();
      }
    },
  };
};

/** The tasks of a clock, and the real timer of the first of them. */
const taskList = (now: () => number) => {
  const tasks = new Set<Pending>();
  let cancelAlarm: Cancel = () => {};

  const take = (untilMs: number): Pending | undefined => {
    const due = earliest(tasks, untilMs);
    if (due) tasks.delete(due);
    return due;
  };
  const arm = (): void => {
    cancelAlarm();
    const next = earliest(tasks, Number.POSITIVE_INFINITY);
    if (next) cancelAlarm = systemClock.after(next.atMs - now(), ring);
  };
  // A real timer ends after 24 days at the latest, so nothing may be due when it rings.
  const ring = (): void => {
    const due = take(now());
    arm();
    due?.task();
  };
  const add = (pending: Pending): Cancel => {
    tasks.add(pending);
    arm();
    return () => void (tasks.delete(pending) && arm());
  };
  return { add, take, arm };
};

/** A clock that starts at the machine's time and runs with it, and that a caller can move forward. */
export const travelClock = (): TravelClock => {
  const offset = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const cell = new BigInt64Array(offset);
  const now = () => Date.now() + offsetMsOf(offset);
  const moveTo = (atMs: number): void => {
    const aheadMs = Math.ceil(atMs - now());
    if (aheadMs > 0) Atomics.add(cell, 0, BigInt(aheadMs));
  };
  const tasks = taskList(now);
  const { hold, quiet } = holds();
  let travelled: Promise<void> = Promise.resolve();

  const travel = async (ms: number): Promise<void> => {
    const untilMs = now() + ms;
    await quiet();
    for (let due = tasks.take(untilMs); due; due = tasks.take(untilMs)) {
      moveTo(due.atMs);
      tasks.arm();
      due.task();
      await quiet();
    }
    moveTo(untilMs);
    tasks.arm();
  };

  return {
    now,
    offset,
    hold,
    after: (delayMs, task) => tasks.add({ atMs: now() + Math.max(delayMs, 0), task }),
    advance(ms) {
      const arrival = travelled.then(() => travel(ms));
      travelled = arrival.catch(() => {});
      return arrival;
    },
  };
};
