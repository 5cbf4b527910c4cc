import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import type * as z from 'zod';
import { connectorOf } from '../../connectors/all.ts';
import { makeOpen } from '../../platform/crypto/seal.ts';
import { makeReads } from '../../platform/dynamo/reads.ts';
import type { HttpClient } from '../../platform/egress/request.ts';
import { makeChanges } from '../changes.ts';
import type { AccessTokenDeps } from '../oauth/access-token.ts';
import { makeCheckGrant } from '../oauth/check-grant.ts';
import { wireAccessToken } from '../oauth/wire.ts';
import { makeSecretsReader } from '../secrets.ts';
import { makeConnectionsStore } from '../store.ts';
import { makeCheck } from './check.ts';
import type { Env } from './env.ts';

export interface CheckClients {
  readonly dynamo: DynamoDBClient;
  readonly kms: KMSClient;
  readonly http: HttpClient;
}

/** Everything that a check needs, from the function's environment. */
export const wire = (
  env: z.output<typeof Env>,
  clients: CheckClients,
  around: Pick<AccessTokenDeps, 'now' | 'wait' | 'log'>,
) => {
  const { dynamo, kms, http } = clients;
  const [connectionsTable, secretsTable, keyId] = [env.CONNECTIONS_TABLE, env.SECRETS_TABLE, env.KEY_ID];
  const urls = env.VENDOR_URLS;
  return makeCheck({
    ...makeConnectionsStore(dynamo, connectionsTable),
    ...makeChanges(dynamo, { connections: connectionsTable }),
    readSecrets: makeSecretsReader({
      table: makeReads(dynamo, secretsTable),
      open: makeOpen(kms, keyId),
      now: around.now,
      // Whoever tests a connection has often just changed it, and does so rarely.
      ttlMs: 0,
    }),
    checkGrant: makeCheckGrant({
      accessToken: wireAccessToken({ connectionsTable, secretsTable, keyId, urls }, clients, around),
      http,
      urls,
    }),
    connectorOf,
    validation: { destinations: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } },
    http,
    now: around.now,
    log: around.log,
  });
};
