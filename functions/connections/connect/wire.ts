import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import type * as z from 'zod';
import { makeOpen, makeSeal } from '../../platform/crypto/seal.ts';
import { makeDeletes } from '../../platform/dynamo/deletes.ts';
import { makePuts } from '../../platform/dynamo/puts.ts';
import { makeReads } from '../../platform/dynamo/reads.ts';
import { transactWrite } from '../../platform/dynamo/transact.ts';
import { makeHttpClient } from '../../platform/egress/request.ts';
import type { Log } from '../../platform/log/log.ts';
import { makeChanges } from '../changes.ts';
import { makeProviderChanges, makeProviderCredentials } from '../oauth/provider-credentials.ts';
import { makeVendor } from '../oauth/vendor.ts';
import { makeConnectionsStore } from '../store.ts';
import { makeComplete } from './complete.ts';
import type { ConnectDeps } from './endpoints.ts';
import type { Env } from './env.ts';
import { makePendingStore } from './pending.ts';
import { makeRedirectUris } from './redirect-uris.ts';
import { makeSetUp } from './set-up.ts';
import { makeStart } from './start.ts';

export interface ConnectClients {
  readonly dynamo: DynamoDBClient;
  readonly kms: KMSClient;
}

/** Everything that connecting needs, from the function's environment. */
export const wire = (
  env: z.output<typeof Env>,
  { dynamo, kms }: ConnectClients,
  around: { readonly now: () => number; readonly log: Log },
): ConnectDeps => {
  const [seal, open] = [makeSeal(kms, env.KEY_ID), makeOpen(kms, env.KEY_ID)];
  const [connections, secrets, limits] = [env.CONNECTIONS_TABLE, env.SECRETS_TABLE, env.LIMITS_TABLE];
  const destinations = { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' };
  const urls = env.VENDOR_URLS;
  const deps = {
    ...makeConnectionsStore(dynamo, connections),
    ...makeChanges(dynamo, { connections, secrets, limits }),
    credentials: makeProviderCredentials({ table: makeReads(dynamo, secrets), open }),
    setUpProvider: makeProviderChanges({
      tables: { connections, secrets },
      seal,
      write: (writes) => transactWrite(dynamo, writes),
    }),
    pending: makePendingStore({ ...makePuts(dynamo, connections), ...makeDeletes(dynamo, connections) }),
    vendor: makeVendor({ http: makeHttpClient({ policy: destinations }), urls }),
    redirectUris: makeRedirectUris(env.API_URL, env.REDIRECT_URIS),
    validation: { destinations },
    seal,
    open,
    urls,
    ...around,
  };
  return { setUp: makeSetUp(deps), start: makeStart(deps), complete: makeComplete(deps) };
};
