import type { Cancel, Clock } from '../clock.ts';
import type { Timetable } from './timetable.ts';

export interface Timer {
  /** When it fires next, in epoch milliseconds; undefined when it never will again. */
  readonly nextMs: () => number | undefined;
  readonly cancel: Cancel;
}

/** Fires at each occurrence after `afterMs` (epoch milliseconds), in order and once each, however far the clock jumps. */
export const startTimer = (
  clock: Clock,
  timetable: Timetable,
  afterMs: number,
  fire: (scheduledMs: number) => void,
): Timer => {
  let cancel: Cancel = () => {};
  let next = timetable(afterMs);

  const arm = (): void => {
    if (next !== undefined) cancel = clock.after(next - clock.now(), due);
  };
  const due = (): void => {
    const scheduledMs = next;
    // A real clock may be early: by a millisecond, or because it cannot wait for longer than 24 days.
    const isTime = scheduledMs !== undefined && clock.now() >= scheduledMs;
    if (isTime) next = timetable(scheduledMs);
    arm();
    if (isTime) fire(scheduledMs);
  };
  arm();

  return { nextMs: () => next, cancel: () => cancel() };
};
