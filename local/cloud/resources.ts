import { type EnsuredTable, ensureTables } from '../dynamodb/tables.ts';
import type { Services } from './engines.ts';
import { ofType, type Resources, tableDefinitions } from './template-resources.ts';

// CloudFormation's names of a queue's attributes are those of the API.
const QUEUE_ATTRIBUTES = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
  'RedrivePolicy',
  'RedriveAllowPolicy',
];

const queueAttributes = (properties: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    QUEUE_ATTRIBUTES.flatMap((name) => {
      const value = properties[name];
      if (value === undefined) return [];
      return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]];
    }),
  );

/** Makes the queues and keys of the template, or finds them from an earlier run. */
export const ensureQueuesAndKeys = (resources: Resources, { sqs, kms }: Services): void => {
  for (const { physicalName, properties } of ofType(resources, 'AWS::SQS::Queue')) {
    sqs.ensureQueue(physicalName, queueAttributes(properties));
  }
  for (const { physicalName, properties } of ofType(resources, 'AWS::KMS::Key')) {
    kms.ensureKey(physicalName, { rotationEnabled: properties['EnableKeyRotation'] === true });
  }
};

/** Makes the tables of the template, or finds them from an earlier run. */
export const ensureTablesOf = (resources: Resources, engineUrl: string): Promise<readonly EnsuredTable[]> =>
  ensureTables(engineUrl, tableDefinitions(resources));
