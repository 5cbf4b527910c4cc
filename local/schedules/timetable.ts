import type { Expression } from './expression.ts';

/** The bounds of a schedule in epoch milliseconds; both are part of it. */
export interface Bounds {
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
}

/** The first occurrence after `afterMs`, or undefined when there is none any more. Both are epoch milliseconds. */
export type Timetable = (afterMs: number) => number | undefined;

/**
 * When a schedule that was made at `createdAtMs` fires. A rate without a start fires for the first time when it is made:
 * both user guides say that it starts at once.
 */
export const timetable = (expression: Expression, bounds: Bounds, createdAtMs: number): Timetable => {
  // The Scheduler ignores the start and the end of a one-time schedule.
  if (expression.once) return (afterMs) => expression.next(afterMs, createdAtMs);
  const startMs = bounds.startMs ?? createdAtMs;
  const endMs = bounds.endMs ?? Number.POSITIVE_INFINITY;
  return (afterMs) => {
    const nextMs = expression.next(Math.max(afterMs, startMs - 1), startMs);
    return nextMs === undefined || nextMs > endMs ? undefined : nextMs;
  };
};
