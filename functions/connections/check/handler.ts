import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { checkRoutes } from '#contracts/routes.ts';
import { ScopeQuery } from '#contracts/scopes.ts';
import { connectorOf } from '../../connectors/all.ts';
import { clientConfig } from '../../platform/aws/client-config.ts';
import { makeOpen } from '../../platform/crypto/seal.ts';
import { makeReads } from '../../platform/dynamo/reads.ts';
import { makeHttpClient } from '../../platform/egress/request.ts';
import { readEnv } from '../../platform/env.ts';
import { withQuery } from '../../platform/http/endpoint.ts';
import { httpHandler } from '../../platform/http/handler.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeChanges } from '../changes.ts';
import { makeSecretsReader } from '../secrets.ts';
import { makeConnectionsStore } from '../store.ts';
import { makeCheck } from './check.ts';
import { Env } from './env.ts';

const env = readEnv(Env);
const client = new DynamoDBClient(clientConfig);
const log = makeLog('check');
const now = () => Date.now();
const destinations = { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' };

const check = makeCheck({
  ...makeConnectionsStore(client, env.CONNECTIONS_TABLE),
  ...makeChanges(client, { connections: env.CONNECTIONS_TABLE }),
  readSecrets: makeSecretsReader({
    table: makeReads(client, env.SECRETS_TABLE),
    open: makeOpen(new KMSClient(clientConfig), env.KEY_ID),
    now,
    // Whoever tests a connection has often just changed it, and does so rarely.
    ttlMs: 0,
  }),
  connectorOf,
  validation: { destinations },
  http: makeHttpClient({ policy: destinations }),
  now,
  log,
});

export const handler = httpHandler(
  checkRoutes,
  {
    'POST /connections/{connector_type}/test': withQuery(ScopeQuery, async (request, scope) => {
      const { tenantId, actor, requestId, parameters } = request;
      const cause = { actor, source: 'api', request_id: requestId } as const;
      const named = { ...scope, connector_type: parameters['connector_type'] ?? '' };
      const result = await check(tenantId, named, cause);
      return 'code' in result ? { problem: result } : { status: 200, body: result };
    }),
  },
  log,
);
