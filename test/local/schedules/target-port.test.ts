import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../../local/manual-clock.ts';
import { callTarget } from '../../../local/schedules/call.ts';
import { attemptsAt } from '../../../local/schedules/payload.ts';
import type { Scheduled } from '../../../local/schedules/scheduled.ts';
import { type TargetPortOptions, targetPort } from '../../../local/schedules/target-port.ts';
import { type SqsServer, startSqs } from '../../../local/sqs/server.ts';
import { QUEUE_ARN, START_MS, scheduleOf } from './schedule-world.ts';

const DEAD_LETTERS_ARN = QUEUE_ARN.replace(/jobs$/, 'dead-letters');

let clock: ManualClock;
let sqs: SqsServer;
beforeEach(async () => {
  clock = manualClock(START_MS);
  sqs = await startSqs({ region: 'eu-central-1', account: '000000000000', clock });
  sqs.ensureQueue('jobs', { MaximumMessageSize: '1024' });
  sqs.ensureQueue('dead-letters', {});
});
afterEach(() => sqs.close());

const toQueue = (Input: string): Scheduled =>
  scheduleOf(
    {},
    {
      Arn: QUEUE_ARN,
      Input,
      RetryPolicy: { MaximumRetryAttempts: 2 },
      DeadLetterConfig: { Arn: DEAD_LETTERS_ARN },
    },
  );

/** Fires a schedule for a queue once, a day of retries included; returns what was logged. */
const fire = async (scheduled: Scheduled, changes: Partial<TargetPortOptions> = {}): Promise<string[]> => {
  const logged: string[] = [];
  const options = {
    scheduled,
    functions: () => undefined,
    queues: sqs.queue,
    refusal: () => undefined,
    onLog: (line: string) => logged.push(line),
    ...changes,
  };
  const [target] = scheduled.targets;
  if (!target) throw new Error('no target');
  const port = targetPort(target, options);
  const attempts = attemptsAt(scheduled, START_MS);
  const { signal } = new AbortController();
  const called = callTarget(
    {
      call: port.call,
      attempt: (number) => attempts(target, number),
      retry: target.retry,
      clock,
      signal,
      onGivenUp: (givenUp) => port.giveUp(givenUp, START_MS),
    },
    () => {},
  );
  await clock.advance(86_400_000);
  await called;
  return logged;
};

const lettersIn = (name: string) =>
  (sqs.queue(name)?.peek() ?? []).map(({ body, attributes }) => ({
    body,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, { StringValue }]) => [key, StringValue]),
    ),
  }));

describe('a queue as the target of a schedule', () => {
  it('gets the input', async () => {
    expect(await fire(toQueue('go'))).toEqual([]);
    expect(lettersIn('jobs')).toEqual([{ body: 'go', attributes: {} }]);
    expect(lettersIn('dead-letters')).toEqual([]);
  });

  it('that refuses the message is not asked again; the dead letter says what it said', async () => {
    const body = 'a'.repeat(1025);
    await fire(toQueue(body));
    const [letter, ...others] = lettersIn('dead-letters');
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      body,
      attributes: { ERROR_CODE: 'InvalidParameterValue', RETRY_ATTEMPTS: '0' },
    });
    expect(letter?.attributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  it('that is in trouble is asked again as often as the policy says; the dead letter names the limit', async () => {
    let sends = 0;
    const broken = {
      arn: QUEUE_ARN,
      send() {
        sends += 1;
        return Promise.reject(new Error('disk full'));
      },
    };
    await fire(toQueue('go'), { queues: (arn) => (arn === QUEUE_ARN ? broken : sqs.queue(arn)) });
    expect(sends).toBe(3);
    expect(lettersIn('dead-letters')).toMatchObject([
      {
        body: 'go',
        attributes: {
          ERROR_CODE: 'AWS.Scheduler.InternalServerError',
          EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
          RETRY_ATTEMPTS: '2',
          TARGET_ARN: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
        },
      },
    ]);
  });

  it('leaves no dead letter in a queue that the role may not send to', async () => {
    const asked: string[] = [];
    await fire(toQueue('go'), {
      refusal(action, arn) {
        asked.push(`${action} ${arn}`);
        return 'no';
      },
    });
    expect(asked).toEqual([`sqs:SendMessage ${QUEUE_ARN}`, `sqs:SendMessage ${DEAD_LETTERS_ARN}`]);
    expect([...lettersIn('jobs'), ...lettersIn('dead-letters')]).toEqual([]);
  });

  it('whose dead-letter queue refuses too is logged, and nothing is thrown', async () => {
    const logged = await fire(toQueue('\u0000'));
    expect(logged).toEqual([
      expect.stringMatching(/^Sweep gave up .*: InvalidMessageContents: /),
      `Sweep: ${DEAD_LETTERS_ARN} took nothing`,
    ]);
  });
});
