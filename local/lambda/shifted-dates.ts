import { offsetMsOf } from '../time-offset.ts';

/**
 * Puts the dates of this thread ahead by what `offset` says at each moment: `Date.now()`, `new Date()` and `Date()`.
 * Timers and `performance.now()` stay real.
 */
export const shiftDates = (offset: SharedArrayBuffer): void => {
  const RealDate = Date;
  const realNow = RealDate.now;
  const now = (): number => realNow() + offsetMsOf(offset);
  RealDate.now = now;
  // A proxy, not a subclass: dates that Node makes itself must stay instances of what code knows as `Date`.
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
  });
  RealDate.prototype.constructor = globalThis.Date;
};
