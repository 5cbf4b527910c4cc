import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clock, sleep } from '../../local/clock.ts';
import { manualClock } from '../../local/manual-clock.ts';
import { offsetMsOf } from '../../local/time-offset.ts';
import { isTravelClock, travelClock } from '../../local/travel-clock.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A task that makes further tasks when it runs, each that many minutes later. */
interface Plan {
  readonly name: number;
  readonly minutes: number;
  readonly after: readonly Plan[];
}

// Each task has a minute of its own, because real time runs between two that are made at nearly the same instant.
const plans = fc.letrec<{ plan: Plan; forest: Plan[] }>((tie) => ({
  plan: fc.record({
    name: fc.nat(),
    minutes: fc.integer({ min: 1, max: 5_000 }),
    after: fc.oneof({ depthSize: 'small' }, fc.constant([]), tie('forest')),
  }),
  forest: fc.array(tie('plan'), { maxLength: 3 }),
})).forest;

const minutesOf = (forest: readonly Plan[], from = 0): number[] =>
  forest.flatMap(({ minutes, after }) => [from + minutes, ...minutesOf(after, from + minutes)]);

const schedule = (clock: Clock, forest: readonly Plan[], ran: number[]): void => {
  for (const { name, minutes, after } of forest) {
    clock.after(minutes * MINUTE_MS, () => {
      ran.push(name);
      schedule(clock, after, ran);
    });
  }
};

describe('a clock that travels', () => {
  it('runs any tasks, and what they schedule, in the order in which the manual clock does', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 0, max: 8_000 }), async (forest, minutes) => {
        const all = minutesOf(forest);
        fc.pre(new Set(all).size === all.length);
        const [travelled, expected]: number[][] = [[], []];
        const [clock, model] = [travelClock(), manualClock(0)];
        schedule(clock, forest, travelled ?? []);
        schedule(model, forest, expected ?? []);
        const ms = (minutes + 0.5) * MINUTE_MS;
        await Promise.all([clock.advance(ms), model.advance(ms)]);
        expect(travelled).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('shows each task its own time or a little more, and is where it was sent afterwards', async () => {
    const clock = travelClock();
    const startMs = clock.now();
    const seen: number[] = [];
    for (const days of [3, 1, 2]) clock.after(days * DAY_MS, () => seen.push(clock.now() - startMs));
    await clock.advance(3.5 * DAY_MS);
    expect(seen.map((ms) => Math.floor(ms / DAY_MS))).toEqual([1, 2, 3]);
    expect(clock.now()).toBeGreaterThanOrEqual(startMs + 3.5 * DAY_MS);
  });

  it('reaches the end of a loop of sleeps in one advance', async () => {
    const clock = travelClock();
    let naps = 0;
    const loop = async () => {
      for (; naps < 100; naps += 1) await sleep(clock, DAY_MS);
    };
    const done = loop();
    await clock.advance(101 * DAY_MS);
    await done;
    expect(naps).toBe(100);
  });

  it('runs tasks in real time too, sooner after every advance', async () => {
    const clock = travelClock();
    const woken = new Promise<void>((resolve) => clock.after(40 * DAY_MS, resolve));
    // The process lives on for the real timer, which alone never keeps it alive.
    const alive = setInterval(() => {}, 1_000);
    await clock.advance(40 * DAY_MS - 20);
    await woken;
    clearInterval(alive);
  });

  it('never runs a task that was cancelled', async () => {
    const clock = travelClock();
    let ran = false;
    const cancel = clock.after(MINUTE_MS, () => {
      ran = true;
    });
    cancel();
    cancel();
    await clock.advance(DAY_MS);
    expect(ran).toBe(false);
  });

  it('does not move on while work is held, however often a hold is released', async () => {
    const clock = travelClock();
    const ran: string[] = [];
    let release = () => {};
    clock.after(MINUTE_MS, () => {
      ran.push('first');
      release = clock.hold();
    });
    clock.after(2 * MINUTE_MS, () => ran.push('second'));
    const arrived = clock.advance(DAY_MS);
    const other = clock.hold();
    setTimeout(other, 5);
    setTimeout(other, 6);
    await sleep(travelClock(), 30);
    expect(ran).toEqual(['first']);
    release();
    await arrived;
    expect(ran).toEqual(['first', 'second']);
  });

  it('adds up advances that are made at the same time', async () => {
    const clock = travelClock();
    const startMs = clock.now();
    await Promise.all([clock.advance(DAY_MS), clock.advance(DAY_MS), clock.advance(DAY_MS)]);
    expect(Math.floor((clock.now() - startMs) / DAY_MS)).toBe(3);
  });

  it('tells other threads how far it is ahead', async () => {
    const clock = travelClock();
    expect(isTravelClock(clock)).toBe(true);
    expect(isTravelClock(manualClock(0))).toBe(false);
    expect(offsetMsOf(clock.offset)).toBe(0);
    await clock.advance(DAY_MS);
    expect(Math.ceil(offsetMsOf(clock.offset) / MINUTE_MS) * MINUTE_MS).toBe(DAY_MS);
  });
});
