import { randomBytes, randomUUID } from 'node:crypto';
import type { Scheduled, ScheduledTarget } from './scheduled.ts';

/** One attempt to call a target, the first being 1. */
export interface Attempt {
  readonly number: number;
  readonly executionId: string;
  /** What the target gets. */
  readonly payload: string;
}

/** What a target gets at each attempt of one occurrence. */
export type Attempts = (target: ScheduledTarget, number: number) => Attempt;

/** RFC 3339 without a fraction, as AWS writes the times of schedules. */
export const secondsOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const [ACCOUNT_PART, REGION_PART] = [4, 3];

/**
 * The notification of both services, which differ in source and detail. That of a rule is from the EventBridge user guide
 * ("run on a schedule"); that of the Scheduler, whose detail is text, is from memory.
 */
const notification = ({ kind, arn }: Scheduled, scheduledMs: number): string => {
  const parts = arn.split(':');
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: kind === 'rule' ? 'aws.events' : 'aws.scheduler',
    account: parts[ACCOUNT_PART],
    time: secondsOf(scheduledMs),
    region: parts[REGION_PART],
    resources: [arn],
    detail: kind === 'rule' ? {} : '{}',
  });
};

const CONTEXT_ATTRIBUTE = /<aws\.scheduler\.(schedule-arn|scheduled-time|execution-id|attempt-number)>/g;

/** Replaces the context attributes of EventBridge Scheduler in an input. */
const filled = (input: string, values: Readonly<Record<string, string>>): string =>
  input.replace(CONTEXT_ATTRIBUTE, (whole, name: string) => values[name] ?? whole);

/** What the targets of a schedule or a rule get for the occurrence at `scheduledMs` (epoch milliseconds). */
export const attemptsAt = (scheduled: Scheduled, scheduledMs: number): Attempts => {
  const event = notification(scheduled, scheduledMs);
  return ({ input }, number) => {
    const executionId = randomBytes(8).toString('hex');
    if (input === undefined || scheduled.kind === 'rule')
      return { number, executionId, payload: input ?? event };
    const payload = filled(input, {
      'schedule-arn': scheduled.arn,
      'scheduled-time': secondsOf(scheduledMs),
      'execution-id': executionId,
      'attempt-number': String(number),
    });
    return { number, executionId, payload };
  };
};
