import { type Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

interface Acknowledgement {
  /** Where the finding stands, as a path below the stack; `''` for the whole stack. */
  readonly path: string;
  readonly id: string;
  readonly reason: string;
}

const publicRoutes = [
  'GET--connect--{provider}--callback',
  'GET--health',
  'GET--providers',
  'GET--openapi.json',
  'DefaultRoute',
];

const ofLane = (lane: string): readonly Acknowledgement[] => [
  {
    path: `${lane}/Quarantine`,
    id: 'Serverless::Serverless-SQSRedrivePolicy',
    reason: 'It is the dead-letter queue of its lane, and is emptied by redrive.',
  },
  {
    path: `${lane}/Source`,
    id: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
    reason: "A queue's failures go to its own dead-letter queue; on-failure destinations are for streams.",
  },
];

/** The findings of cdk-nag that stand, each with its reason. */
const acknowledgements = (lanes: readonly string[]): readonly Acknowledgement[] => [
  ...publicRoutes.map((route) => ({
    path: `Http/Gateway/${route}`,
    id: 'AwsSolutions::AwsSolutions-APIG4',
    reason: 'A public route: it answers with nothing of a tenant.',
  })),
  {
    path: 'Dispatch',
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    reason: 'dynamodb:ListStreams, which an event source mapping asks for, knows no resource.',
  },
  {
    path: 'Dispatch',
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::<DispatchFailures64C17DE4.Arn>/*]',
    reason: 'Objects in the one bucket of failed batches: Lambda chooses their names.',
  },
  {
    path: 'Dispatch/Failures',
    id: 'AwsSolutions::AwsSolutions-S1',
    reason:
      'Only Lambda writes to it and only when dispatch failed for hours; CloudTrail data events can tell who reads.',
  },
  {
    path: 'Rewrap/Schedule',
    id: 'Serverless::Serverless-EventBusDLQ',
    reason:
      'An occurrence that is lost says nothing that the next one, five minutes later, does not say too.',
  },
  {
    path: 'Issuer/Users',
    id: 'AwsSolutions::AwsSolutions-COG2',
    reason: 'A second factor is offered; whoever must require it sets so in the pool, or brings an issuer.',
  },
  {
    path: 'Issuer/Users',
    id: 'AwsSolutions::AwsSolutions-COG8',
    reason: 'The plus plan is billed per user and month; nobody can sign up, and passwords are long.',
  },
  {
    path: 'Sweep/Minute',
    id: 'Serverless::Serverless-EventBusDLQ',
    reason: 'The next minute sweeps what this one did not.',
  },
  ...lanes.flatMap(ofLane),
  {
    path: '',
    id: 'Serverless::Serverless-LambdaDLQ',
    reason:
      'The gateway waits, queues and streams keep what failed, and a schedule comes again: no event is a loss.',
  },
  {
    path: '',
    id: 'Serverless::Serverless-LambdaTracing',
    reason:
      'X-Ray costs 70 ms of each cold start and $5 per million traces; ids in the logs correlate instead.',
  },
];

/** Acknowledges what stands, at the place where it stands and nowhere else. */
export const acknowledge = (stack: Stack, lanes: readonly string[]): void => {
  for (const { path, id, reason } of acknowledgements(lanes)) {
    const names = path.split('/').filter((name) => name !== '');
    const scope = names.reduce<IConstruct>((at, name) => at.node.findChild(name), stack);
    Validations.of(scope).acknowledge({ id, reason });
  }
};
