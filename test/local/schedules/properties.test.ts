import { describe, expect, it } from 'vitest';
import { asynchronousSettings } from '../../../local/lambda/asynchronous-settings.ts';
import { FUNCTION_ARN, QUEUE_ARN, ruleOf, scheduleOf } from './schedule-world.ts';

describe('a schedule of the template', () => {
  it('has a target with what is written there, and retries for a day when nothing is', () => {
    const [target] = scheduleOf(
      {},
      { Arn: QUEUE_ARN, Input: 'no JSON', SqsParameters: { MessageGroupId: 'a' } },
    ).targets;
    expect(target).toMatchObject({ arn: QUEUE_ARN, input: 'no JSON', messageGroupId: 'a' });
    expect(target?.retry).toEqual({ retryAttemptsMax: 185, eventAgeMaxMs: 86_400_000 });
    const RetryPolicy = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    const [other] = scheduleOf({}, { RetryPolicy, DeadLetterConfig: { Arn: QUEUE_ARN } }).targets;
    expect(other).toMatchObject({
      retry: { retryAttemptsMax: 0, eventAgeMaxMs: 60_000 },
      deadLetterArn: QUEUE_ARN,
    });
  });

  it.each<readonly [string, object, object, string]>([
    ['an expression', { ScheduleExpression: 'rate(0 minutes)' }, {}, 'ScheduleExpression: rate(0 minutes)'],
    ['a time zone', { ScheduleExpressionTimezone: 'Mars/Base' }, {}, "no time zone 'Mars/Base'"],
    ['a state', { State: 'PAUSED' }, {}, 'State'],
    ['a date', { StartDate: 'tomorrow' }, {}, 'StartDate'],
    ['an end', { StartDate: '2026-01-02T00:00:00Z', EndDate: '2026-01-01T00:00:00Z' }, {}, 'must be after'],
    ['a window', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, {}, 'MaximumWindowInMinutes'],
    ['a window', { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1441 } }, {}, '1440'],
    ['a window', { FlexibleTimeWindow: undefined }, {}, 'FlexibleTimeWindow'],
    ['a property', { KmsKeyArn: 'arn:aws:kms:…' }, {}, '"KmsKeyArn"'],
    [
      'a target',
      {},
      { Arn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:m' },
      'only functions and queues',
    ],
    ['a target', {}, { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' }, 'only functions and queues'],
    ['a parameter of a target', {}, { KinesisParameters: {} }, '"KinesisParameters"'],
    ['a role', {}, { RoleArn: undefined }, 'RoleArn'],
    ['an input', {}, { Input: 'no JSON' }, 'must be JSON for a function'],
    ['a number of retries', {}, { RetryPolicy: { MaximumRetryAttempts: 186 } }, '185'],
    ['an age', {}, { RetryPolicy: { MaximumEventAgeInSeconds: 59 } }, '60'],
    ['a dead-letter queue', {}, { DeadLetterConfig: { Arn: 'arn:aws:sns:…' } }, 'arn:aws:sqs:'],
  ])(
    'that has %s which AWS or this cloud does not know is refused by its name: %o %o',
    (_, changes, target, problem) => {
      const reading = () => scheduleOf(changes, target);
      expect(reading).toThrow(/^Sweep\.Properties/);
      expect(reading).toThrow(problem);
    },
  );
});

describe('a rule of the template', () => {
  it('may have five targets', () => {
    const Targets = ['a', 'b', 'c', 'd', 'e'].map((Id) => ({ Id, Arn: FUNCTION_ARN }));
    expect(ruleOf({ Targets, Tags: [], State: 'DISABLED' })).toMatchObject({ enabled: false });
    expect(() => ruleOf({ Targets: [...Targets, { Id: 'f', Arn: FUNCTION_ARN }] })).toThrow('Targets');
  });

  it.each<readonly [string, object, object, string]>([
    ['a pattern', { EventPattern: { source: ['a'] } }, {}, '"EventPattern"'],
    ['no expression', { ScheduleExpression: undefined }, {}, 'ScheduleExpression'],
    [
      'an expression',
      { ScheduleExpression: 'at(2026-01-01T00:00:00)' },
      {},
      'not an expression that a rule knows',
    ],
    ['a bus', { EventBusName: 'other' }, {}, 'EventBusName'],
    ['a transformer', {}, { InputTransformer: { InputTemplate: 'a' } }, '"InputTransformer"'],
    ['a path', {}, { InputPath: '$.time' }, '"InputPath"'],
    ['a role', {}, { RoleArn: 'arn:aws:iam::000000000000:role/r' }, '"RoleArn"'],
    ['an input', {}, { Input: 'no JSON' }, 'must be JSON'],
    ['a target', {}, { Arn: 'arn:aws:sns:eu-central-1:000000000000:topic' }, 'only functions and queues'],
  ])(
    'that has %s which is not for schedules is refused by its name: %o %o',
    (_, changes, target, problem) => {
      const reading = () => ruleOf(changes, target);
      expect(reading).toThrow(/^Sweep\.Properties/);
      expect(reading).toThrow(problem);
    },
  );
});

describe('an event invoke configuration', () => {
  const named = { FunctionName: 'worker', Qualifier: '$LATEST' };
  const worker = { name: 'worker', arn: FUNCTION_ARN };
  const settingsWith = (properties: object) => asynchronousSettings([{ logicalId: 'Config', properties }]);

  it('changes the retries of its function, and of no other', () => {
    const short = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    const settings = settingsWith({ ...named, ...short });
    expect(settings(worker)).toEqual({ retryAttemptsMax: 0, eventAgeMaxMs: 60_000 });
    expect(settings({ ...worker, name: 'other' })).toEqual({
      retryAttemptsMax: 2,
      eventAgeMaxMs: 21_600_000,
    });
    expect(settingsWith({ ...named, FunctionName: FUNCTION_ARN, ...short })(worker).retryAttemptsMax).toBe(0);
  });

  it.each([
    [{ DestinationConfig: { OnFailure: { Destination: 'arn' } } }, '"DestinationConfig"'],
    [{ MaximumRetryAttempts: 3 }, 'MaximumRetryAttempts'],
    [{ MaximumEventAgeInSeconds: 59 }, 'MaximumEventAgeInSeconds'],
    [{ Qualifier: 'live' }, 'Qualifier'],
  ])('with %o is refused by its name', (changes, problem) => {
    expect(() => settingsWith({ ...named, ...changes })).toThrow(/^Config\.Properties/);
    expect(() => settingsWith({ ...named, ...changes })).toThrow(problem);
  });
});
