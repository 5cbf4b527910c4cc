import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DynamoDbEngine, startDynamoDbEngine } from '../dynamodb/engine.ts';
import { type DynamoDbGateway, startDynamoDbGateway } from '../dynamodb/gateway.ts';
import { type KmsServer, startKms } from '../kms/server.ts';
import { type SqsServer, startSqs } from '../sqs/server.ts';
import { ACCOUNT, type CloudOptions, REGION } from './options.ts';
import type { Stops } from './stops.ts';

export interface Engines {
  readonly sqs: SqsServer;
  readonly kms: KmsServer;
  readonly dynamodb: DynamoDbEngine;
  /** What functions talk to in place of the engine: it knows who calls, and counts. */
  readonly gateway: DynamoDbGateway;
}

/** Tables without the keys that open them, or keys without the tables, are half a state: nothing good comes of it. */
const refuseHalfState = (dataDir: string, tables: string, keys: string): void => {
  if (existsSync(tables) === existsSync(keys)) return;
  throw new Error(
    `${dataDir} holds only half of a cloud's data (tables or keys are missing); remove it to start anew`,
  );
};

/** Starts the services that functions call, on their data in `dataDir`. */
export const startEngines = async (options: CloudOptions, stops: Stops): Promise<Engines> => {
  const { dataDir, clock } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const tables = join(dataDir, 'dynamodb.sqlite');
  const keys = join(dataDir, 'keys.json');
  refuseHalfState(dataDir, tables, keys);
  const common = { region: REGION, account: ACCOUNT, clock };
  const kms = await startKms({
    ...common,
    file: keys,
    ...(options.onKmsCall ? { onRequest: options.onKmsCall } : {}),
  });
  stops.add(kms.close);
  const dynamodb = await startDynamoDbEngine({ file: tables });
  stops.add(dynamodb.close);
  const gateway = await startDynamoDbGateway({
    engine: dynamodb.endpoint,
    ...(options.onDynamoDbCall ? { onCall: options.onDynamoDbCall } : {}),
  });
  stops.add(gateway.close);
  const sqs = await startSqs({
    ...common,
    file: join(dataDir, 'queues.sqlite'),
    ...(options.onSqsCall ? { onRequest: options.onSqsCall } : {}),
  });
  stops.add(sqs.close);
  return { sqs, kms, dynamodb, gateway };
};
