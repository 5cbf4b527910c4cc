import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DynamoDbEngine, startDynamoDbEngine } from '../dynamodb/engine.ts';
import { type DynamoDbGateway, startDynamoDbGateway } from '../dynamodb/gateway.ts';
import { readIndexKeys } from '../dynamodb/index-keys.ts';
import { dynamoDbNeeds } from '../iam/dynamodb-needs.ts';
import { kmsNeeds } from '../iam/kms-needs.ts';
import { sqsNeeds } from '../iam/sqs-needs.ts';
import { tableNames } from '../iam/table-names.ts';
import { type KmsServer, startKms } from '../kms/server.ts';
import { type SqsServer, startSqs } from '../sqs/server.ts';
import type { Gate } from '../sts/gate.ts';
import type { StsServer } from '../sts/server.ts';
import { ACCOUNT, type CloudOptions, REGION } from './options.ts';
import type { Stops } from './stops.ts';
import { type Resources, tableDefinitions } from './template-resources.ts';

/** The services that need no template to start. */
export interface Services {
  readonly sqs: SqsServer;
  readonly kms: KmsServer;
}

export interface Engines extends Services {
  readonly dynamodb: DynamoDbEngine;
  /** What functions talk to in place of the engine: it knows who calls, and counts. */
  readonly gateway: DynamoDbGateway;
  readonly sts: StsServer;
}

const filesOf = (dataDir: string) => ({
  tables: join(dataDir, 'dynamodb.sqlite'),
  keys: join(dataDir, 'keys.json'),
  queues: join(dataDir, 'queues.sqlite'),
});

/**
 * Starts queues and keys on their data in `dataDir`.
 * @throws when there are tables without the keys that open them: new keys would only hide the loss
 */
export const startServices = async (options: CloudOptions, gate: Gate, stops: Stops): Promise<Services> => {
  const { dataDir, clock, onKmsCall, onSqsCall } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { tables, keys, queues } = filesOf(dataDir);
  if (existsSync(tables) && !existsSync(keys)) {
    throw new Error(`${dataDir} holds tables without their keys; remove it to start anew`);
  }
  const common = { region: REGION, account: ACCOUNT, clock };
  const kms = await startKms({
    ...common,
    file: keys,
    ...(onKmsCall ? { onRequest: onKmsCall } : {}),
    authorize: (caller, operation, request, names) => gate(caller, () => kmsNeeds(operation, request, names)),
  });
  stops.add(kms.close);
  const sqs = await startSqs({
    ...common,
    file: queues,
    ...(onSqsCall ? { onRequest: onSqsCall } : {}),
    authorize: (caller, operation, queueArn) => gate(caller, () => sqsNeeds(operation, queueArn)),
  });
  stops.add(sqs.close);
  return { sqs, kms };
};

/** Starts the tables' engine and its gateway. The keys must be on disk by now, so that tables never outlive them. */
export const startTables = async (
  { dataDir, onDynamoDbCall }: CloudOptions,
  resources: Resources,
  gate: Gate,
  stops: Stops,
): Promise<Pick<Engines, 'dynamodb' | 'gateway'>> => {
  const dynamodb = await startDynamoDbEngine({ file: filesOf(dataDir).tables });
  stops.add(dynamodb.close);
  const names = tableNames(resources, `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/`);
  const gateway = await startDynamoDbGateway({
    engine: dynamodb.endpoint,
    authorize: (caller, operation, request) => gate(caller, () => dynamoDbNeeds(operation, request, names)),
    indexKeysOf: readIndexKeys(tableDefinitions(resources)),
    ...(onDynamoDbCall ? { onCall: onDynamoDbCall } : {}),
  });
  stops.add(gateway.close);
  return { dynamodb, gateway };
};
