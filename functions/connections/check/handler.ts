import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { checkRoutes } from '#contracts/routes.ts';
import { ScopeQuery } from '#contracts/scopes.ts';
import { tenantClientConfig } from '../../platform/aws/tenant-client-config.ts';
import { makeHttpClient } from '../../platform/egress/request.ts';
import { readEnv } from '../../platform/env.ts';
import { replyOf, withQuery } from '../../platform/http/endpoint.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { Env } from './env.ts';
import { wire } from './wire.ts';

const env = readEnv(Env);
const log = makeLog('check');
const clients = {
  dynamo: new DynamoDBClient(tenantClientConfig),
  kms: new KMSClient(tenantClientConfig),
  http: makeHttpClient({ policy: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } }),
};
const check = wire(env, clients, { now: () => Date.now(), wait: (ms) => pause(ms), log });

export const handler = httpHandler(
  checkRoutes,
  {
    'POST /connections/{connector_type}/test': withQuery(ScopeQuery, async (request, scope) => {
      const { tenantId, actor, requestId, parameters } = request;
      const cause = { actor, source: 'api', request_id: requestId } as const;
      const named = { ...scope, connector_type: parameters['connector_type'] ?? '' };
      const result = await check(tenantId, named, cause);
      return replyOf(200, result);
    }),
  },
  log,
);
