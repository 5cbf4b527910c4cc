import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inspectRoutes } from '#contracts/routes.ts';
import { tenantClientConfig } from '../../platform/aws/tenant-client-config.ts';
import { makeBatchReads } from '../../platform/dynamo/batch-reads.ts';
import { makePages } from '../../platform/dynamo/pages.ts';
import { readEnv } from '../../platform/env.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeConnectionsStore } from '../store.ts';
import { makeActivityReaders } from './activity.ts';
import { makeEndpoints } from './endpoints.ts';
import { Env } from './env.ts';
import { makeEverywhere } from './everywhere.ts';
import { makeList } from './list.ts';

const env = readEnv(Env);
const client = new DynamoDBClient(tenantClientConfig);
const table = {
  ...makePages(client, env.CONNECTIONS_TABLE),
  ...makeBatchReads(client, env.CONNECTIONS_TABLE),
};

const context = {
  validation: { destinations: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } },
  now: () => Date.now(),
};

export const handler = httpHandler(
  inspectRoutes,
  makeEndpoints({
    ...makeConnectionsStore(client, env.CONNECTIONS_TABLE),
    activity: makeActivityReaders(table),
    everywhere: makeEverywhere(table),
    list: makeList({ ...table, ...context }),
    ...context,
  }),
  makeLog('inspect'),
);
