import type { Asynchronous } from '../lambda/asynchronous.ts';
import { SqsError } from '../sqs/errors.ts';
import type { SendInput } from '../sqs/message.ts';
import type { CallFailure, CallResult } from './call.ts';
import { deadLetter } from './dead-letter.ts';
import type { TargetPort } from './firing.ts';
import type { Scheduled, ScheduledTarget } from './scheduled.ts';

interface QueueTarget {
  readonly arn: string;
  readonly send: (input: SendInput) => Promise<unknown>;
}

export interface TargetPortOptions {
  readonly scheduled: Scheduled;
  /** The functions and queues of the template by ARN. */
  readonly functions: (arn: string) => Pick<Asynchronous, 'accept'> | undefined;
  readonly queues: (arn: string) => QueueTarget | undefined;
  /** Why the service may not do this for the schedule; undefined when it may. */
  readonly refusal: (action: string, resourceArn: string) => string | undefined;
  readonly onLog: (line: string) => void;
}

const failureOf = (error: unknown): CallFailure => {
  if (error instanceof SqsError)
    return { ok: false, code: error.queryCode, message: error.message, retryable: error.status >= 500 };
  // What the Scheduler's user guide says for trouble of its own; that of EventBridge says nothing.
  const message = 'Unexpected error occurred while processing the request';
  return { ok: false, code: 'AWS.Scheduler.InternalServerError', message, retryable: true };
};

const queueWith = (arn: string, { scheduled, queues }: TargetPortOptions): QueueTarget => {
  const queue = queues(arn);
  if (!queue) throw new Error(`${scheduled.logicalId}: the queue ${arn} is not in the template`);
  return queue;
};

interface Act {
  readonly action: string;
  /** The error code of the service for a caller that may not do this. */
  readonly deniedCode: string;
  readonly act: (payload: string) => Promise<CallResult>;
}

const sendTo = (queue: QueueTarget, groupId: string | undefined): Act => ({
  action: 'sqs:SendMessage',
  deniedCode: 'AccessDenied',
  async act(body) {
    await queue.send({ body, ...(groupId === undefined ? {} : { groupId }) });
    return { ok: true };
  },
});

const invoke = ({ accept }: Pick<Asynchronous, 'accept'>): Act => ({
  action: 'lambda:InvokeFunction',
  deniedCode: 'AccessDeniedException',
  act: async (payload) => ({ ok: true, answer: accept(JSON.parse(payload)) }),
});

const actOn = ({ arn, messageGroupId }: ScheduledTarget, options: TargetPortOptions): Act => {
  if (arn.startsWith('arn:aws:sqs:')) return sendTo(queueWith(arn, options), messageGroupId);
  const { logicalId } = options.scheduled;
  if (messageGroupId !== undefined)
    throw new Error(`${logicalId}: SqsParameters are for queues, and ${arn} is a function`);
  const found = options.functions(arn);
  if (!found) throw new Error(`${logicalId}: the function ${arn} is not in the template`);
  return invoke(found);
};

/** Calls the target when the service may; what it may not do is an error that lasts. */
const callOf = (target: ScheduledTarget, options: TargetPortOptions): Act['act'] => {
  const { action, deniedCode, act } = actOn(target, options);
  return async (payload) => {
    const message = options.refusal(action, target.arn);
    if (message !== undefined) return { ok: false, code: deniedCode, message, retryable: false };
    return act(payload).catch(failureOf);
  };
};

/**
 * How a schedule or a rule reaches one of its targets and the dead-letter queue beside it.
 * @throws Error, which names the resource, for a target or a queue that is not in the template
 */
export const targetPort = (target: ScheduledTarget, options: TargetPortOptions): TargetPort => {
  const { scheduled, refusal, onLog } = options;
  const deadLetters =
    target.deadLetterArn === undefined ? undefined : queueWith(target.deadLetterArn, options);
  return {
    target,
    call: callOf(target, options),
    async giveUp(givenUp, scheduledMs) {
      const { code, message } = givenUp.failure;
      onLog(`${scheduled.logicalId} gave up ${target.arn}: ${code}: ${message}`);
      if (!deadLetters || refusal('sqs:SendMessage', deadLetters.arn) !== undefined) return;
      await deadLetters
        .send(deadLetter(scheduled, target, givenUp, scheduledMs))
        .catch(() => onLog(`${scheduled.logicalId}: ${deadLetters.arn} took nothing`));
    },
  };
};
