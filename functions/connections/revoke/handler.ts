import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { NoteQuery } from '#contracts/connections.ts';
import { revokeRoutes } from '#contracts/routes.ts';
import { scopeOf } from '#contracts/scopes.ts';
import { tenantClientConfig } from '../../platform/aws/tenant-client-config.ts';
import { makeHttpClient } from '../../platform/egress/request.ts';
import { readEnv } from '../../platform/env.ts';
import { replyOf, withQuery } from '../../platform/http/endpoint.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { causeOf } from '../cause.ts';
import { Env } from './env.ts';
import { wire } from './wire.ts';

const env = readEnv(Env);
const log = makeLog('revoke');
const clients = {
  dynamo: new DynamoDBClient(tenantClientConfig),
  kms: new KMSClient(tenantClientConfig),
  http: makeHttpClient({ policy: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } }),
};
const revoke = wire(env, clients, { now: () => Date.now(), log });

export const handler = httpHandler(
  revokeRoutes,
  {
    'DELETE /connections/{connector_type}': withQuery(NoteQuery, async (request, { note, ...scope }) => {
      const { parameters, tenantId } = request;
      const named = { ...scopeOf(scope), connector_type: parameters['connector_type'] ?? '' };
      const result = await revoke(tenantId, named, causeOf(request, note));
      return replyOf(200, result);
    }),
  },
  log,
);
