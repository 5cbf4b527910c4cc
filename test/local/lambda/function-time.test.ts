import { describe, expect, it } from 'vitest';
import { travelClock } from '../../../local/travel-clock.ts';
import { functionOf } from './function-fixture.ts';

const HOUR_MS = 3_600_000;

const DATES = `
  import { statSync } from 'node:fs';
  import { types } from 'node:util';
  export const handler = async () => ({
    now: Date.now(),
    made: new Date().getTime(),
    text: Date.parse(Date()),
    given: [new Date(0).getTime(), new Date(2000, 1, 3).getDate(), new Date('2020-01-01T00:00:00Z').getTime()],
    own: new Date().constructor === Date && new Date() instanceof Date,
    nodes: statSync(new URL(import.meta.url)).mtime instanceof Date,
    sub: new (class Day extends Date { isDay() { return true } })().isDay(),
    patched: types.isProxy(Date),
  })`;

describe('a function on a clock that travels', () => {
  it("has the clock's time in its dates, also when the clock moves between two of its events", async () => {
    const clock = travelClock();
    const { fn } = functionOf(DATES, { clock });
    for (const hours of [0, 5, 1_000]) {
      await clock.advance(hours * HOUR_MS);
      const earliestMs = clock.now();
      const { payload } = (await fn.invoke({})) as { payload: Record<string, number> };
      const latestMs = clock.now();
      for (const name of ['now', 'made']) {
        expect(payload[name]).toBeGreaterThanOrEqual(earliestMs);
        expect(payload[name]).toBeLessThanOrEqual(latestMs);
      }
      expect(payload['text']).toBe(Math.floor((payload['text'] ?? 0) / 1000) * 1000);
      expect(payload['text']).toBeGreaterThan(earliestMs - 1_000);
    }
    expect(fn.initDurationsMs).toHaveLength(1);
  });

  it('makes any other date as ever, and knows the dates that Node makes', async () => {
    const clock = travelClock();
    await clock.advance(HOUR_MS);
    const { fn } = functionOf(DATES, { clock });
    expect(await fn.invoke({})).toMatchObject({
      payload: { given: [0, 3, Date.UTC(2020, 0)], own: true, nodes: true, sub: true },
    });
  });

  it('is not ended by an advance, which waits for it', async () => {
    const clock = travelClock();
    const startMs = clock.now();
    const { fn, logged, invocations } = functionOf(
      `export const handler = async () => {
         console.log('running');
         await new Promise((resolve) => setTimeout(resolve, 100));
         return Date.now();
       }`,
      { clock, timeoutSeconds: 20 },
    );
    const running = fn.invoke({});
    await logged('running');
    clock.after(HOUR_MS / 2, () => {});
    const arrived = clock.advance(HOUR_MS);
    const result = (await running) as { ok: true; payload: number };
    expect(result.ok).toBe(true);
    expect(result.payload).toBeLessThan(startMs + HOUR_MS / 2);
    await arrived;
    expect(clock.now()).toBeGreaterThanOrEqual(startMs + HOUR_MS);
    expect(invocations).toMatchObject([{ outcome: 'ok' }]);
    expect(invocations[0]?.durationMs).toBeLessThan(20_000);
  });

  it('is ended by its timeout in real time, with no advance', async () => {
    const { fn } = functionOf(`export const handler = async () => { for (;;); }`, {
      clock: travelClock(),
      timeoutSeconds: 0.2,
    });
    expect(await fn.invoke({})).toMatchObject({ ok: false, reason: 'timeout' });
  });
});

it('a function on the system clock has the Date of Node itself', async () => {
  const { fn } = functionOf(DATES);
  expect(await fn.invoke({})).toMatchObject({ payload: { patched: false, own: true } });
});
