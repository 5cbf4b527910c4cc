import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { rewrapsRoutes } from '#contracts/routes.ts';
import { clientConfig } from '../../platform/aws/client-config.ts';
import { makeReads } from '../../platform/dynamo/reads.ts';
import { transactWrite } from '../../platform/dynamo/transact.ts';
import { readEnv } from '../../platform/env.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeRewrapJobs } from '../rewrap-jobs.ts';
import { makeEndpoints } from './endpoints.ts';
import { Env } from './env.ts';
import { makeRewraps } from './rewraps.ts';

const { CONNECTIONS_TABLE: table } = readEnv(Env);
const client = new DynamoDBClient(clientConfig);
const jobs = makeRewrapJobs({
  table,
  partition: makeReads(client, table).partition,
  write: (writes) => transactWrite(client, writes),
});

export const handler = httpHandler(
  rewrapsRoutes,
  makeEndpoints(makeRewraps({ jobs, now: () => Date.now() })),
  makeLog('rewraps'),
);
