import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import type { Context } from 'aws-lambda';
import { clientConfig } from '../../platform/aws/client-config.ts';
import { readEnv } from '../../platform/env.ts';
import { makeLog } from '../../platform/log/log.ts';
import { Env } from './env.ts';
import { wire } from './wire.ts';

const clients = { dynamo: new DynamoDBClient(clientConfig), kms: new KMSClient(clientConfig) };
const around = { now: () => Date.now(), log: makeLog('rewrap'), pageSize: 25 };
const run = wire(readEnv(Env), clients, around);

/** What the schedule sends is of no interest. */
export const handler = async (_event: unknown, context: Context): Promise<void> => {
  await run(() => context.getRemainingTimeInMillis());
};
