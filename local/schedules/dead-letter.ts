import type { SendInput } from '../sqs/message.ts';
import type { GivenUpCall } from './call.ts';
import { secondsOf } from './payload.ts';
import type { Scheduled, ScheduledTarget } from './scheduled.ts';

const ACTIONS = { lambda: 'lambda:invoke', sqs: 'sqs:sendMessage' } as const;

const attributesOf = (
  { kind, arn }: Scheduled,
  target: ScheduledTarget,
  { attempt, failure, exhausted }: GivenUpCall,
  scheduledMs: number,
): Readonly<Record<string, string>> => {
  const common = {
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    RETRY_ATTEMPTS: String(attempt.number - 1),
    ...(exhausted ? { EXHAUSTED_RETRY_CONDITION: exhausted } : {}),
  };
  if (kind === 'rule') return { ...common, RULE_ARN: arn, TARGET_ARN: target.arn };
  const action = target.arn.startsWith('arn:aws:lambda:') ? ACTIONS.lambda : ACTIONS.sqs;
  return {
    ...common,
    EXECUTION_ID: attempt.executionId,
    IS_PAYLOAD_TRUNCATED: 'false',
    SCHEDULED_TIME: secondsOf(scheduledMs),
    SCHEDULE_ARN: arn,
    TARGET_ARN: `arn:aws:scheduler:::aws-sdk:${action}`,
  };
};

/**
 * What goes to a target's dead-letter queue: the payload, with the attributes that the Scheduler's user guide shows under
 * "configuring a dead-letter queue". EventBridge's guide lists those of a rule in prose; their spelling is from memory.
 */
export const deadLetter = (
  scheduled: Scheduled,
  target: ScheduledTarget,
  givenUp: GivenUpCall,
  scheduledMs: number,
): SendInput => ({
  body: givenUp.attempt.payload,
  attributes: Object.fromEntries(
    Object.entries(attributesOf(scheduled, target, givenUp, scheduledMs)).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: value },
    ]),
  ),
});
