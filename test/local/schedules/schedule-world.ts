import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type ManualClock, manualClock } from '../../../local/manual-clock.ts';
import type { CallResult, GivenUpCall } from '../../../local/schedules/call.ts';
import { readRule } from '../../../local/schedules/rule-properties.ts';
import { readSchedule } from '../../../local/schedules/schedule-properties.ts';
import type { Scheduled } from '../../../local/schedules/scheduled.ts';
import { type Schedules, startSchedules } from '../../../local/schedules/schedules.ts';

export const START_MS = Date.UTC(2026, 0, 1);
const PLACE = 'eu-central-1:000000000000';
export const SCHEDULE_ARN = `arn:aws:scheduler:${PLACE}:schedule/default/sweep`;
const RULE_ARN = `arn:aws:events:${PLACE}:rule/sweep`;
export const FUNCTION_ARN = `arn:aws:lambda:${PLACE}:function:worker`;
export const QUEUE_ARN = `arn:aws:sqs:${PLACE}:jobs`;

const resource = (type: string, arn: string, properties: object) => ({
  logicalId: 'Sweep',
  type,
  physicalName: 'sweep',
  arn,
  properties: { ...properties },
});

/** A schedule that is valid but for `changes`, as the template would have it. */
export const scheduleOf = (changes: object = {}, target: object = {}): Scheduled =>
  readSchedule(
    resource('AWS::Scheduler::Schedule', SCHEDULE_ARN, {
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: FUNCTION_ARN, RoleArn: 'arn:aws:iam::000000000000:role/sweep', ...target },
      ...changes,
    }),
  );

/** A rule that is valid but for `changes`, with one target. */
export const ruleOf = (changes: object = {}, target: object = {}): Scheduled =>
  readRule(
    resource('AWS::Events::Rule', RULE_ARN, {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [{ Id: 'only', Arn: FUNCTION_ARN, ...target }],
      ...changes,
    }),
  );

interface Call {
  readonly atMs: number;
  readonly payload: string;
}

export interface ScheduleWorld {
  readonly clock: ManualClock;
  readonly schedules: Schedules;
  readonly calls: readonly Call[];
  readonly givenUp: readonly (GivenUpCall & { readonly scheduledMs: number })[];
  /** How many milliseconds after the start of the world each call came. */
  readonly callsAfterMs: () => number[];
  /** What comes of a call; a test changes it. */
  answer: (call: number) => CallResult;
  /** Stops the schedules and starts them again, perhaps with another definition, on what they left on disk. */
  readonly restart: (scheduled: Scheduled, whileDown?: () => Promise<void>) => Promise<void>;
}

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** One schedule on a clock that stands still, with a target that answers what a test wants. */
export const scheduleWorld = (scheduled: Scheduled): ScheduleWorld => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crossdock-schedules-'));
  cleanups.push(() => rmSync(dataDir, { recursive: true }));
  const clock = manualClock(START_MS);
  const calls: Call[] = [];
  const givenUp: (GivenUpCall & { readonly scheduledMs: number })[] = [];
  const start = (one: Scheduled): Schedules => {
    const ports = one.targets.map((target) => ({
      target,
      async call(payload: string) {
        calls.push({ atMs: clock.now(), payload });
        return world.answer(calls.length);
      },
      async giveUp(call: GivenUpCall, scheduledMs: number) {
        givenUp.push({ ...call, scheduledMs });
      },
    }));
    return startSchedules({ clock, dataDir, schedules: [{ scheduled: one, ports }] });
  };
  let schedules: Schedules | undefined;
  cleanups.push(async () => schedules?.stop());
  const world: ScheduleWorld = {
    clock,
    calls,
    givenUp,
    answer: () => ({ ok: true }),
    callsAfterMs: () => calls.map(({ atMs }) => atMs - START_MS),
    get schedules() {
      if (!schedules) throw new Error('not started');
      return schedules;
    },
    async restart(next, whileDown = async () => {}) {
      await schedules?.stop();
      await whileDown();
      schedules = start(next);
    },
  };
  schedules = start(scheduled);
  return world;
};
