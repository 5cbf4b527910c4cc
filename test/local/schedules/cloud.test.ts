import { Duration } from 'aws-cdk-lib';
import { CfnRule, Rule, Schedule as RuleSchedule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  CfnSchedule,
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke, SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { describe, expect, it } from 'vitest';
import { until } from '../../harness/until.ts';
import { bootStack, type Parts, type StackCloud, synthesizeStack } from './stack-fixture.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const at = ContextAttribute.scheduledTime;
const never = ScheduleExpression.cron({ year: '2199' });

const everyMinute = ({ stack, worker }: Parts) =>
  new Schedule(stack, 'Sweep', {
    schedule: ScheduleExpression.rate(Duration.minutes(1)),
    target: new LambdaInvoke(worker, { input: ScheduleTargetInput.fromObject({ at }) }),
  });

const dailyFailing = ({ stack, worker }: Parts) =>
  new Schedule(stack, 'Failing', {
    schedule: never,
    target: new LambdaInvoke(worker, { input: ScheduleTargetInput.fromObject({ fail: true }) }),
  });

const firstRun = ({ runs }: StackCloud) => until('the schedule fires at once', () => runs.length > 0);

const valuesOf = (attributes: Readonly<Record<string, { readonly StringValue?: string }>> = {}) =>
  Object.fromEntries(Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]));

describe('a schedule of the template', () => {
  const patience = { timeout: 120_000 };
  it(
    'runs its function 4320 times in three days, each run at its own instant and before the next',
    patience,
    async () => {
      const started = await bootStack(synthesizeStack(everyMinute));
      await firstRun(started);
      await started.clock.advance(3 * DAY_MS);
      expect(started.runs).toHaveLength(1 + 4320);
      const times = started.runs.map(({ event }) => Date.parse(event.at));
      expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * MINUTE_MS));
      const late = started.runs.filter(({ atMs }, index) => {
        const behindMs = atMs - (times[index] ?? 0);
        return behindMs < 0 || behindMs >= MINUTE_MS;
      });
      expect(late).toEqual([]);
    },
  );

  it('after a restart fires for no instant twice and makes up for none', async () => {
    const started = await bootStack(synthesizeStack(everyMinute));
    await firstRun(started);
    await started.clock.advance(2.5 * MINUTE_MS);
    await started.restart();
    await started.clock.advance(MINUTE_MS);
    await started.restart(() => started.clock.advance(5 * MINUTE_MS));
    await started.clock.advance(MINUTE_MS);
    const [first = 0, ...others] = started.runs.map(({ event }) => Date.parse(event.at));
    expect(others.map((ms) => (ms - first) / MINUTE_MS)).toEqual([1, 2, 3, 9]);
  });

  it('can be fired and asked for its next instant by its logical id', async () => {
    const started = await bootStack(
      synthesizeStack(({ stack, worker }) => {
        const target = new LambdaInvoke(worker);
        new Schedule(stack, 'Yearly', {
          schedule: ScheduleExpression.expression('cron(0 0 1 1 ? *)'),
          target,
        });
      }),
    );
    const { schedules } = started.cloud;
    const nextMs = schedules.next(started.idOf('Yearly')) ?? 0;
    expect(new Date(nextMs).toISOString()).toMatch(/^\d{4}-01-01T00:00:00.000Z$/);
    await schedules.fire(started.idOf('Yearly'));
    const source = 'aws.scheduler';
    expect(started.runs.map(({ event }) => event)).toMatchObject([
      { 'detail-type': 'Scheduled Event', source },
    ]);
  });

  it('whose function fails runs it twice more and then leaves the event in the dead-letter queue of the function', async () => {
    const started = await bootStack(
      synthesizeStack(dailyFailing, (deadLetterQueue) => ({ deadLetterQueue })),
    );
    const firing = started.cloud.schedules.fire(started.idOf('Failing'));
    await expect(firing).rejects.toThrow(/^Failing\w+: Error: as told$/);
    expect(started.messages('DeadLetters')).toEqual([]);
    await started.clock.advance(4 * MINUTE_MS);
    const [first, ...again] = started.runs;
    expect(again.map(({ atMs }) => Math.floor((atMs - (first?.atMs ?? 0)) / MINUTE_MS))).toEqual([1, 3]);
    expect(new Set(started.runs.map(({ requestId }) => requestId)).size).toBe(1);
    const [letter, ...others] = started.messages('DeadLetters');
    expect(others).toEqual([]);
    expect(letter?.body).toBe('{"fail":true}');
    const RequestID = first?.requestId;
    expect(valuesOf(letter?.attributes)).toEqual({ RequestID, ErrorCode: '200', ErrorMessage: 'as told' });
  });

  it('of a group sends to a queue, with the message group that it names', async () => {
    const started = await bootStack(
      synthesizeStack(({ stack, jobs }) => {
        const scheduleGroup = new ScheduleGroup(stack, 'Group');
        const target = new SqsSendMessage(jobs, { input: ScheduleTargetInput.fromText('go') });
        const schedule = new Schedule(stack, 'Sender', { scheduleGroup, schedule: never, target });
        const { defaultChild } = schedule.node;
        (defaultChild as CfnSchedule).addPropertyOverride('Target.SqsParameters.MessageGroupId', 'tenant-1');
      }),
    );
    await started.cloud.schedules.fire(started.idOf('Sender'));
    expect(started.messages('Jobs')).toMatchObject([{ body: 'go', groupId: 'tenant-1' }]);
  });
});

describe('a scheduled rule of the template', () => {
  it('reaches all its targets, with their input or one event for all', async () => {
    const started = await bootStack(
      synthesizeStack(({ stack, worker, jobs }) => {
        new Rule(stack, 'Nightly', {
          schedule: RuleSchedule.cron({ hour: '3', minute: '0' }),
          targets: [
            new LambdaFunction(worker),
            new SqsQueue(jobs),
            new SqsQueue(jobs, { message: RuleTargetInput.fromObject({ b: 1 }), messageGroupId: 'b' }),
          ],
        });
      }),
    );
    await started.clock.advance(DAY_MS);
    const [run] = started.runs;
    expect(started.runs).toHaveLength(1);
    expect(run?.event).toMatchObject({ source: 'aws.events', detail: {} });
    expect(run?.event.time).toMatch(/T03:00:00Z$/);
    const [event, input] = started.messages('Jobs');
    expect(JSON.parse(event?.body ?? '')).toEqual(run?.event);
    expect(input).toMatchObject({ body: '{"b":1}', groupId: 'b' });
    expect(started.denied).toEqual([]);
  });
});

describe('a schedule whose role lacks a permission', () => {
  it('is refused when it fires, which is told with the missing statement, and leaves a dead letter', async () => {
    const started = await bootStack(
      synthesizeStack(({ stack, worker, deadLetters }) => {
        const assumedBy = new ServicePrincipal('scheduler.amazonaws.com');
        const role = new Role(stack, 'Role', { assumedBy });
        deadLetters.grantSendMessages(role);
        new CfnSchedule(stack, 'Bare', {
          scheduleExpression: 'cron(0 0 1 1 ? 2199)',
          flexibleTimeWindow: { mode: 'OFF' },
          target: {
            arn: worker.functionArn,
            roleArn: role.roleArn,
            input: '{}',
            deadLetterConfig: { arn: deadLetters.queueArn },
          },
        });
      }),
    );
    const { cloud, denied, lines, runs } = started;
    await expect(cloud.schedules.fire('Bare')).rejects.toThrow('AccessDeniedException: User: arn:aws:sts::');
    expect(runs).toEqual([]);
    const [functionArn] = cloud.functions.keys();
    const statement = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: functionArn };
    expect(denied).toEqual([
      {
        functionName: 'schedule/default/Clockwork-Bare',
        action: 'lambda:InvokeFunction',
        resource: functionArn,
        statement: JSON.stringify(statement),
      },
    ]);
    expect(lines).toContainEqual(expect.stringContaining(JSON.stringify(statement)));
    await until('the dead letter is there', () => started.messages('DeadLetters').length === 1);
    const [letter] = started.messages('DeadLetters');
    expect(letter?.body).toBe('{}');
    expect(valuesOf(letter?.attributes)).toEqual({
      ERROR_CODE: 'AccessDeniedException',
      ERROR_MESSAGE: expect.stringContaining('is not authorized to perform: lambda:InvokeFunction'),
      EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/),
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: '0',
      SCHEDULED_TIME: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      SCHEDULE_ARN: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/default/Clockwork-Bare',
      TARGET_ARN: 'arn:aws:scheduler:::aws-sdk:lambda:invoke',
    });
  });

  it('shows in the report what its role grants, and whether it was used', async () => {
    const started = await bootStack(synthesizeStack(everyMinute));
    await firstRun(started);
    const name = 'schedule/default/';
    const ofSchedule = started.cloud.usage().find(({ holder }) => holder.startsWith(name));
    expect(ofSchedule?.granted.map(({ action, used }) => [action, used])).toEqual([
      ['lambda:InvokeFunction', true],
      // CDK grants the versions of the function too, which no schedule here calls.
      ['lambda:InvokeFunction', false],
    ]);
  });
});

describe('a rule that its targets do not let in', () => {
  it('is refused when it fires, which is told with the missing statement, and leaves a dead letter', async () => {
    const started = await bootStack(
      synthesizeStack(({ stack, worker, jobs, deadLetters }) => {
        deadLetters.grantSendMessages(new ServicePrincipal('events.amazonaws.com'));
        const deadLetterConfig = { arn: deadLetters.queueArn };
        new CfnRule(stack, 'Bare', {
          scheduleExpression: 'cron(0 0 1 1 ? 2199)',
          targets: [
            { id: 'worker', arn: worker.functionArn, deadLetterConfig },
            { id: 'jobs', arn: jobs.queueArn, deadLetterConfig },
          ],
        });
      }),
    );
    await expect(started.cloud.schedules.fire('Bare')).rejects.toThrow(
      /AccessDeniedException: events.amazonaws.com is not authorized .*; AccessDenied: events.amazonaws.com/,
    );
    expect(started.denied.map(({ functionName, action }) => [functionName, action])).toEqual([
      [expect.stringMatching(/^rule\/Clockwork-Bare$/), 'lambda:InvokeFunction'],
      [expect.stringMatching(/^rule\/Clockwork-Bare$/), 'sqs:SendMessage'],
    ]);
    expect(started.denied[0]?.statement).toMatch(
      /"Service":"events.amazonaws.com".*"AWS:SourceArn":"arn:aws:events:/,
    );
    await until('both dead letters are there', () => started.messages('DeadLetters').length === 2);
    const letters = started.messages('DeadLetters').map(({ attributes }) => valuesOf(attributes));
    expect(letters).toMatchObject([
      {
        RULE_ARN: expect.stringContaining(':rule/'),
        RETRY_ATTEMPTS: '0',
        ERROR_CODE: 'AccessDeniedException',
      },
      { TARGET_ARN: expect.stringMatching(/^arn:aws:sqs:/), ERROR_CODE: 'AccessDenied' },
    ]);
  });
});
