import { PrincipalWithConditions, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { describe, expect, it } from 'vitest';
import { bootStack, type Parts, synthesizeStack } from './stack-fixture.ts';

const scheduler = new ServicePrincipal('scheduler.amazonaws.com');

/** Adds a schedule with that role and, but for `changes`, a target that AWS would take. */
const addSchedule = ({ stack, worker }: Parts, role: Role, target: object = {}, changes: object = {}) =>
  new CfnSchedule(stack, 'Bare', {
    scheduleExpression: 'rate(1 hour)',
    flexibleTimeWindow: { mode: 'OFF' },
    target: { arn: worker.functionArn, roleArn: role.roleArn, ...target },
    ...changes,
  });

const roleOf = ({ stack }: Parts, assumedBy: ServicePrincipal | PrincipalWithConditions = scheduler) =>
  new Role(stack, 'Role', { assumedBy });

const bootWith = (add: (parts: Parts) => void) => bootStack(synthesizeStack(add));

const NO_TRUST =
  'Bare: ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.';

describe('a boot', () => {
  it('refuses a schedule whose role trusts another service', async () => {
    const other = new ServicePrincipal('events.amazonaws.com');
    const booting = bootWith((parts) => addSchedule(parts, roleOf(parts, other)));
    await expect(booting).rejects.toThrow(NO_TRUST);
  });

  it('refuses a schedule whose role trusts the Scheduler for that schedule and not for its group', async () => {
    const trustFor = (resource: string) => {
      const SourceArn = `arn:aws:scheduler:eu-central-1:000000000000:${resource}`;
      const conditions = {
        StringEquals: { 'aws:SourceArn': SourceArn, 'aws:SourceAccount': '000000000000' },
      };
      return new PrincipalWithConditions(scheduler, conditions);
    };
    const booting = bootWith((parts) =>
      addSchedule(parts, roleOf(parts, trustFor('schedule/default/Clockwork-Bare'))),
    );
    await expect(booting).rejects.toThrow(NO_TRUST);
    await bootWith((parts) => addSchedule(parts, roleOf(parts, trustFor('schedule-group/default'))));
  });

  it('refuses a schedule in a group that is not in the template', async () => {
    const booting = bootWith((parts) => addSchedule(parts, roleOf(parts), {}, { groupName: 'elsewhere' }));
    await expect(booting).rejects.toThrow(
      'Bare: ResourceNotFoundException: Schedule group elsewhere does not exist.',
    );
  });

  it.each([
    ['function', 'arn:aws:lambda:eu-central-1:000000000000:function:other'],
    ['queue', 'arn:aws:sqs:eu-central-1:000000000000:other'],
  ])('refuses a schedule for a %s that is not in the template', async (kind, arn) => {
    const booting = bootWith((parts) => addSchedule(parts, roleOf(parts), { arn }));
    await expect(booting).rejects.toThrow(`Bare: the ${kind} ${arn} is not in the template`);
  });

  it('refuses a message group for a function', async () => {
    const sqsParameters = { messageGroupId: 'a' };
    const booting = bootWith((parts) => addSchedule(parts, roleOf(parts), { sqsParameters }));
    await expect(booting).rejects.toThrow('Bare: SqsParameters are for queues');
  });

  it('refuses a function whose role may not send to its dead-letter queue', async () => {
    const booting = bootWith(({ worker, deadLetters }) => {
      const { defaultChild } = worker.node;
      (defaultChild as CfnFunction).deadLetterConfig = { targetArn: deadLetters.queueArn };
    });
    await expect(booting).rejects.toThrow(
      /^Worker\w+: InvalidParameterValueException: The provided execution role does not have permissions to call SendMessage on SQS\. User: /,
    );
  });
});
