import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../local/clock.ts';
import { manualClock } from '../../../local/manual-clock.ts';
import { backoffMs } from '../../../local/schedules/call.ts';
import { startTimer } from '../../../local/schedules/timer.ts';
import { ruleOf, SCHEDULE_ARN, START_MS, scheduleOf, scheduleWorld } from './schedule-world.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const throttled = {
  ok: false,
  code: 'ThrottlingException',
  message: 'Rate exceeded',
  retryable: true,
} as const;
const denied = { ok: false, code: 'AccessDenied', message: 'no', retryable: false } as const;
const at = (expression: string, more: object = {}) => scheduleOf({ ScheduleExpression: expression, ...more });
const iso = (ms: number) => new Date(ms).toISOString();

describe('a schedule', () => {
  it('fires when it is made and then at its rate, each time at its own instant, however far time jumps', async () => {
    const { clock, callsAfterMs } = scheduleWorld(at('rate(1 minute)'));
    await clock.advance(3 * DAY_MS);
    expect(callsAfterMs()).toEqual(Array.from({ length: 4321 }, (_, index) => index * MINUTE_MS));
  });

  it('fires at the same instants whatever the steps in which time passes', async () => {
    const steps = fc.array(fc.integer({ min: 1, max: 5 * HOUR_MS }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(steps, async (parts) => {
        const stepped = scheduleWorld(at('cron(0/7 * * * ? *)'));
        const jumped = scheduleWorld(at('cron(0/7 * * * ? *)'));
        for (const ms of parts) await stepped.clock.advance(ms);
        await jumped.clock.advance(parts.reduce((sum, ms) => sum + ms, 0));
        expect(stepped.callsAfterMs()).toEqual(jumped.callsAfterMs());
      }),
      { numRuns: 30 },
    );
  });

  it('fires from its start to its end, both included', async () => {
    const bounds = { StartDate: iso(START_MS + 90 * SECOND_MS), EndDate: iso(START_MS + 210 * SECOND_MS) };
    const { clock, callsAfterMs, schedules } = scheduleWorld(at('rate(1 minute)', bounds));
    expect(schedules.next('Sweep')).toBe(START_MS + 90 * SECOND_MS);
    await clock.advance(HOUR_MS);
    expect(callsAfterMs()).toEqual([90, 150, 210].map((seconds) => seconds * SECOND_MS));
    expect(schedules.next('Sweep')).toBeUndefined();
  });

  it('that is for one time ignores start and end, and fires once', async () => {
    const bounds = { StartDate: iso(START_MS + DAY_MS), EndDate: iso(START_MS + 2 * DAY_MS) };
    const { clock, callsAfterMs } = scheduleWorld(at('at(2026-01-01T00:00:30)', bounds));
    await clock.advance(3 * DAY_MS);
    expect(callsAfterMs()).toEqual([30 * SECOND_MS]);
  });

  it('with a flexible window fires at its beginning', async () => {
    const window = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 };
    const { clock, callsAfterMs } = scheduleWorld(at('cron(0 * * * ? *)', { FlexibleTimeWindow: window }));
    await clock.advance(2 * HOUR_MS);
    expect(callsAfterMs()).toEqual([0, HOUR_MS, 2 * HOUR_MS]);
  });

  it('that is disabled fires only when told to', async () => {
    const { clock, calls, schedules } = scheduleWorld(at('rate(1 minute)', { State: 'DISABLED' }));
    await clock.advance(HOUR_MS);
    expect([calls.length, schedules.next('Sweep')]).toEqual([0, undefined]);
    await schedules.fire('Sweep');
    expect(calls).toHaveLength(1);
  });

  it('keeps its own times when it is fired in between', async () => {
    const { clock, callsAfterMs, schedules } = scheduleWorld(at('cron(0 * * * ? *)'));
    await clock.advance(10 * MINUTE_MS);
    await schedules.fire('Sweep');
    expect(schedules.next('Sweep')).toBe(START_MS + HOUR_MS);
    await clock.advance(HOUR_MS);
    expect(callsAfterMs()).toEqual([0, 10 * MINUTE_MS, HOUR_MS]);
  });

  it('has to be known to be fired', async () => {
    const { schedules } = scheduleWorld(at('rate(1 minute)'));
    await expect(schedules.fire('Other')).rejects.toThrow("There is no schedule 'Other'; there are Sweep");
    expect(() => schedules.next('Other')).toThrow("There is no schedule 'Other'");
  });
});

describe('a restart', () => {
  it('at any moment fires nothing twice, makes up for nothing, and keeps to the same instants', async () => {
    const moments = fc.record({ up: fc.nat({ max: 5 * MINUTE_MS }), down: fc.nat({ max: 5 * MINUTE_MS }) });
    await fc.assert(
      fc.asyncProperty(fc.array(moments, { maxLength: 5 }), async (runs) => {
        const { clock, callsAfterMs, restart } = scheduleWorld(at('rate(1 minute)'));
        const expected = [0];
        await clock.advance(0);
        for (const { up, down } of runs) {
          const fromMs = clock.now() - START_MS;
          await clock.advance(up);
          for (let ms = 0; ms <= fromMs + up; ms += MINUTE_MS) if (ms > fromMs) expected.push(ms);
          await restart(at('rate(1 minute)'), () => clock.advance(down));
        }
        expect(callsAfterMs()).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('with another rate begins anew', async () => {
    const { clock, callsAfterMs, restart } = scheduleWorld(at('rate(1 hour)'));
    await clock.advance(10 * MINUTE_MS);
    await restart(at('rate(2 hours)'));
    await clock.advance(2 * HOUR_MS);
    expect(callsAfterMs()).toEqual([0, 10 * MINUTE_MS, 10 * MINUTE_MS + 2 * HOUR_MS]);
  });

  it('forgets the retries of calls', async () => {
    const world = scheduleWorld(at('rate(1 day)'));
    world.answer = () => throttled;
    await world.clock.advance(2 * SECOND_MS);
    expect(world.callsAfterMs()).toEqual([0, SECOND_MS]);
    await world.restart(at('rate(1 day)'));
    await world.clock.advance(HOUR_MS);
    expect(world.calls).toHaveLength(2);
    expect(world.givenUp).toEqual([]);
  });
});

describe('a call that failed', () => {
  const daily = (RetryPolicy: object) =>
    scheduleOf({ ScheduleExpression: 'rate(100 days)' }, { RetryPolicy });

  it('is made again with growing pauses until it succeeds', async () => {
    const world = scheduleWorld(daily({}));
    world.answer = (call) => (call < 5 ? throttled : { ok: true });
    await world.clock.advance(DAY_MS);
    expect(world.callsAfterMs()).toEqual([0, 1, 3, 7, 15].map((seconds) => seconds * SECOND_MS));
    expect(world.givenUp).toEqual([]);
  });

  it('is made again as often as the policy says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 20 }), async (MaximumRetryAttempts) => {
        const world = scheduleWorld(daily({ MaximumRetryAttempts }));
        world.answer = () => throttled;
        await world.clock.advance(DAY_MS);
        expect(world.calls).toHaveLength(MaximumRetryAttempts + 1);
        const exhausted = 'MaximumRetryAttempts';
        expect(world.givenUp).toMatchObject([{ exhausted, failure: throttled, scheduledMs: START_MS }]);
        expect(world.givenUp[0]?.attempt.number).toBe(MaximumRetryAttempts + 1);
      }),
      { numRuns: 20 },
    );
  });

  it('is not made again when its event would be older than the policy allows', async () => {
    const world = scheduleWorld(daily({ MaximumEventAgeInSeconds: 60 }));
    world.answer = () => throttled;
    await world.clock.advance(DAY_MS);
    expect(world.callsAfterMs()).toEqual([0, 1, 3, 7, 15, 31].map((seconds) => seconds * SECOND_MS));
    expect(world.givenUp).toMatchObject([{ exhausted: 'MaximumEventAgeInSeconds' }]);
  });

  it('is made 185 times more in 24 hours when no policy says otherwise', async () => {
    const pauses = Array.from({ length: 185 }, (_, index) => backoffMs(index + 1));
    const allMs = pauses.reduce((sum, ms) => sum + ms, 0);
    expect(allMs).toBeLessThan(DAY_MS);
    expect(allMs).toBeGreaterThan(DAY_MS - HOUR_MS);
    const world = scheduleWorld(daily({}));
    world.answer = () => throttled;
    await world.clock.advance(2 * DAY_MS);
    expect(world.calls).toHaveLength(186);
  });

  it('for a reason that lasts is given up at once', async () => {
    const world = scheduleWorld(daily({}));
    world.answer = () => denied;
    await world.clock.advance(DAY_MS);
    expect(world.givenUp).toEqual([{ attempt: expect.anything(), failure: denied, scheduledMs: START_MS }]);
    expect(world.calls).toHaveLength(1);
  });

  it('on demand is told to the one who fired', async () => {
    const world = scheduleWorld(at('rate(1 day)'));
    world.answer = () => denied;
    await expect(world.schedules.fire('Sweep')).rejects.toThrow('Sweep: AccessDenied: no');
    const error = { errorType: 'Error', errorMessage: 'as told' };
    world.answer = () => ({ ok: true, answer: Promise.resolve({ ok: false, reason: 'error', error }) });
    await expect(world.schedules.fire('Sweep')).rejects.toThrow('Sweep: Error: as told');
  });
});

describe('what a target gets', () => {
  const payloadsOf = async (...schedules: Parameters<typeof scheduleWorld>) => {
    const world = scheduleWorld(...schedules);
    world.answer = (call) => (call === 1 ? throttled : { ok: true });
    await world.clock.advance(SECOND_MS);
    return world.calls.map(({ payload }) => payload);
  };

  it('from a schedule is its input with the context attributes filled in anew at each attempt', async () => {
    const Input = JSON.stringify({
      arn: '<aws.scheduler.schedule-arn>',
      at: '<aws.scheduler.scheduled-time>',
      id: '<aws.scheduler.execution-id>',
      number: '<aws.scheduler.attempt-number>',
      other: '<aws.scheduler.other>',
    });
    const payloads = (await payloadsOf(scheduleOf({}, { Input }))).map((text) => JSON.parse(text));
    const common = { arn: SCHEDULE_ARN, at: '2026-01-01T00:00:00Z', other: '<aws.scheduler.other>' };
    const id = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(payloads).toEqual([
      { ...common, id, number: '1' },
      { ...common, id, number: '2' },
    ]);
    expect(payloads[0].id).not.toBe(payloads[1].id);
  });

  it('without an input is the notification of the service, the same at each attempt', async () => {
    const common = {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      account: '000000000000',
      time: '2026-01-01T00:00:00Z',
      region: 'eu-central-1',
    };
    const [ofRule = '', again] = await payloadsOf(ruleOf());
    expect(again).toBe(ofRule);
    const rule = 'arn:aws:events:eu-central-1:000000000000:rule/sweep';
    expect(JSON.parse(ofRule)).toEqual({ ...common, source: 'aws.events', resources: [rule], detail: {} });
    const [ofSchedule = ''] = await payloadsOf(scheduleOf());
    expect(JSON.parse(ofSchedule)).toEqual({
      ...common,
      source: 'aws.scheduler',
      resources: [SCHEDULE_ARN],
      detail: '{}',
    });
  });

  it('from a rule with an input is that, as it is', async () => {
    const Input = '{"time":"<aws.scheduler.scheduled-time>"}';
    expect(await payloadsOf(ruleOf({}, { Input }))).toEqual([Input, Input]);
  });
});

describe('a timer', () => {
  it('is never early, on a clock that wakes it too soon', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: MINUTE_MS, max: 2 * DAY_MS }), async (patienceMs) => {
        const clock = manualClock(0);
        const hasty: Clock = { ...clock, after: (ms, task) => clock.after(Math.min(ms, patienceMs), task) };
        const fired: number[] = [];
        startTimer(
          hasty,
          (afterMs) => afterMs + DAY_MS,
          0,
          () => fired.push(clock.now()),
        );
        await clock.advance(2.5 * DAY_MS);
        expect(fired).toEqual([DAY_MS, 2 * DAY_MS]);
      }),
      { numRuns: 20 },
    );
  });
});
