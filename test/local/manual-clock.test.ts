import { describe, expect, it } from 'vitest';
import { sleep } from '#local/clock.ts';
import { manualClock } from '#local/manual-clock.ts';

describe('the manual clock', () => {
  it('runs tasks in time order, each at its own instant, and equal ones as scheduled', async () => {
    const clock = manualClock(1000);
    const ran: [string, number][] = [];
    const note = (name: string) => () => void ran.push([name, clock.now()]);
    clock.after(30, note('c'));
    clock.after(10, note('a1'));
    clock.after(10, note('a2'));
    clock.after(31, note('too late'));
    await clock.advance(30);
    expect(ran).toEqual([
      ['a1', 1010],
      ['a2', 1010],
      ['c', 1030],
    ]);
    expect(clock.now()).toBe(1030);
  });

  it('runs what a task schedules, or a promise resolved by it, when that falls due within the same advance', async () => {
    const clock = manualClock(0);
    const woken: number[] = [];
    const loop = async () => {
      for (let turn = 0; turn < 3; turn += 1) {
        await sleep(clock, 5);
        woken.push(clock.now());
      }
    };
    const done = loop();
    await clock.advance(15);
    await done;
    expect(woken).toEqual([5, 10, 15]);
  });

  it('never runs a cancelled task', async () => {
    const clock = manualClock(0);
    let ran = false;
    const cancel = clock.after(1, () => {
      ran = true;
    });
    cancel();
    cancel();
    await clock.advance(5);
    expect(ran).toBe(false);
  });
});
