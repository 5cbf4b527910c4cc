import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import type { AccessControl } from '../iam/access-control.ts';
import { type Denied, deniedService } from '../iam/denial.ts';
import { serviceMayInvoke } from '../iam/invoke-permissions.ts';
import { resourcePolicies } from '../iam/resource-policies.ts';
import { nameInArn, roleWithArn } from '../iam/roles.ts';
import { contextOfService, roleTrusts, serviceMay } from '../iam/service-access.ts';
import type { LocalFunction } from '../lambda/function.ts';
import { readRule } from '../schedules/rule-properties.ts';
import { readSchedule } from '../schedules/schedule-properties.ts';
import type { Scheduled } from '../schedules/scheduled.ts';
import { type Schedules, startSchedules } from '../schedules/schedules.ts';
import { type TargetPortOptions, targetPort } from '../schedules/target-port.ts';
import { startAsynchronous } from './asynchronous.ts';
import type { Engines } from './engines.ts';
import { ACCOUNT, type CloudOptions, REGION } from './options.ts';
import type { Stops } from './stops.ts';
import { ofType, type Resources } from './template-resources.ts';

interface Started {
  readonly engines: Engines;
  readonly functions: ReadonlyMap<string, LocalFunction>;
  readonly access: AccessControl;
  readonly options: CloudOptions;
  readonly onDenied: (denied: Denied) => void;
}

type Refusal = TargetPortOptions['refusal'];

const SCHEDULER = 'scheduler.amazonaws.com';
const EVENTS = 'events.amazonaws.com';

/** AWS asks for both when it makes a schedule; the error texts are its own, from memory. */
const assertScheduleAllowed = (
  { logicalId, arn = '', properties }: ResolvedResource,
  resources: Resources,
) => {
  const [, group = ''] = nameInArn(arn).split('/');
  const groups = ofType(resources, 'AWS::Scheduler::ScheduleGroup').map(({ physicalName }) => physicalName);
  if (group !== 'default' && !groups.includes(group))
    throw new Error(`${logicalId}: ResourceNotFoundException: Schedule group ${group} does not exist.`);
  const { RoleArn }: { readonly RoleArn?: unknown } = Object(properties['Target']);
  const role = roleWithArn(String(RoleArn), logicalId, resources);
  // The Scheduler takes a role on for the group of a schedule, not for the schedule itself.
  const groupArn = `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/${group}`;
  if (!roleTrusts(role, SCHEDULER, contextOfService(ACCOUNT, groupArn)))
    throw new Error(
      `${logicalId}: ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to ` +
        `assume the role. ${role.logicalId} needs a trust policy for ${SCHEDULER} with the aws:SourceArn ${groupArn}`,
    );
};

/** A schedule acts under its role. */
const scheduleRefusal =
  ({ arn }: Scheduled, access: AccessControl): Refusal =>
  (action, resource) =>
    access.refusal(nameInArn(arn), [{ action, resource }]);

/** A rule has no role for functions and queues: their own policies must let EventBridge in. */
const ruleRefusals = (resources: Resources, onDenied: Started['onDenied']) => {
  const mayInvoke = serviceMayInvoke(resources, EVENTS);
  const policies = resourcePolicies(resources);
  return ({ arn }: Scheduled): Refusal =>
    (action, resource) => {
      const need = { action, resource, context: contextOfService(ACCOUNT, arn) };
      const may =
        action === 'lambda:InvokeFunction'
          ? mayInvoke(resource, arn)
          : serviceMay(policies(resource), EVENTS, need);
      if (may) return undefined;
      onDenied(deniedService(nameInArn(arn), need, EVENTS, arn));
      return `${EVENTS} is not authorized to perform: ${action} on resource: ${resource}`;
    };
};

/**
 * Starts the schedules and scheduled rules of the template.
 * @throws what AWS or this cloud refuses: an expression, a property, a target, a role that does not trust the Scheduler
 */
export const startTemplateSchedules = (resources: Resources, started: Started, stops: Stops): Schedules => {
  const { engines, access, options, onDenied } = started;
  const asynchronous = startAsynchronous(resources, started, stops);
  const ofRule = ruleRefusals(resources, onDenied);
  const schedules = ofType(resources, 'AWS::Scheduler::Schedule').map((resource) => {
    assertScheduleAllowed(resource, resources);
    return readSchedule(resource);
  });
  const rules = ofType(resources, 'AWS::Events::Rule').map(readRule);
  const portOptions = (scheduled: Scheduled): TargetPortOptions => ({
    scheduled,
    functions: (arn) => asynchronous.get(arn),
    queues: engines.sqs.queue,
    refusal: scheduled.kind === 'rule' ? ofRule(scheduled) : scheduleRefusal(scheduled, access),
    onLog: (line) => options.onLog?.({ functionName: 'schedules', line }),
  });
  const running = startSchedules({
    clock: options.clock,
    dataDir: options.dataDir,
    timed: options.timedSchedules ?? true,
    schedules: [...schedules, ...rules].map((scheduled) => ({
      scheduled,
      ports: scheduled.targets.map((target) => targetPort(target, portOptions(scheduled))),
    })),
  });
  stops.add(running.stop);
  return running;
};
