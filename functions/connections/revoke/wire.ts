import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import type * as z from 'zod';
import { makeOpen } from '../../platform/crypto/seal.ts';
import { makeReads } from '../../platform/dynamo/reads.ts';
import type { HttpClient } from '../../platform/egress/request.ts';
import type { Log } from '../../platform/log/log.ts';
import { makeChanges } from '../changes.ts';
import { makeFindCredentials } from '../oauth/provider-credentials.ts';
import { makeRevokeGrant } from '../oauth/revoke-grant.ts';
import { makeFindTokens } from '../oauth/token-record.ts';
import { makeConnectionsStore } from '../store.ts';
import type { Env } from './env.ts';
import { makeRevoke } from './revoke.ts';

export interface RevokeClients {
  readonly dynamo: DynamoDBClient;
  readonly kms: KMSClient;
  readonly http: HttpClient;
}

/** Everything that a revocation needs, from the function's environment. It can open tokens and seal nothing. */
export const wire = (
  env: z.output<typeof Env>,
  { dynamo, kms, http }: RevokeClients,
  { now, log }: { readonly now: () => number; readonly log: Log },
) => {
  const [connections, secrets] = [env.CONNECTIONS_TABLE, env.SECRETS_TABLE];
  const table = makeReads(dynamo, secrets);
  const open = makeOpen(kms, env.KEY_ID);
  return makeRevoke({
    ...makeConnectionsStore(dynamo, connections),
    ...makeChanges(dynamo, { connections, secrets, limits: env.LIMITS_TABLE }),
    revokeGrant: makeRevokeGrant({
      findTokens: makeFindTokens(table),
      findCredentials: makeFindCredentials({ table, open }),
      open,
      http,
      urls: env.VENDOR_URLS,
      log,
    }),
    validation: { destinations: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } },
    now,
  });
};
