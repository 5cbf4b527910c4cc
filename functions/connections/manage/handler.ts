import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { manageRoutes } from '#contracts/routes.ts';
import { tenantClientConfig } from '../../platform/aws/tenant-client-config.ts';
import { makeSeal } from '../../platform/crypto/seal.ts';
import { readEnv } from '../../platform/env.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeChanges } from '../changes.ts';
import { makeConnectionsStore } from '../store.ts';
import { makeCreate } from './create.ts';
import { makeEndpoints } from './endpoints.ts';
import { Env } from './env.ts';
import { makePause } from './pause.ts';
import { makeUpdate } from './update.ts';

const env = readEnv(Env);
const client = new DynamoDBClient(tenantClientConfig);
const deps = {
  ...makeConnectionsStore(client, env.CONNECTIONS_TABLE),
  ...makeChanges(client, {
    connections: env.CONNECTIONS_TABLE,
    secrets: env.SECRETS_TABLE,
    limits: env.LIMITS_TABLE,
  }),
  seal: makeSeal(new KMSClient(tenantClientConfig), env.KEY_ID),
  validation: { destinations: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } },
  now: () => Date.now(),
};

export const handler = httpHandler(
  manageRoutes,
  makeEndpoints({
    create: makeCreate(deps),
    update: makeUpdate(deps),
    pause: makePause(deps, true),
    resume: makePause(deps, false),
    setTenant: deps.setTenant,
    now: deps.now,
  }),
  makeLog('manage'),
);
