import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import { connectors } from '../../connectors/all.ts';
import { makeRewrap } from '../../platform/crypto/rewrap.ts';
import { makeBatchReads } from '../../platform/dynamo/batch-reads.ts';
import { makePages } from '../../platform/dynamo/pages.ts';
import { makeReads } from '../../platform/dynamo/reads.ts';
import { transactWrite } from '../../platform/dynamo/transact.ts';
import { makeUpdates } from '../../platform/dynamo/updates.ts';
import type { Log } from '../../platform/log/log.ts';
import { isOAuth } from '../oauth/vendor.ts';
import { makeRewrapProgress } from '../rewrap-jobs.ts';
import type { Env } from './env.ts';
import { makeRewrapSecrets } from './rewrap.ts';
import { makeRun } from './run.ts';
import { makeWalk } from './walk.ts';

export interface RewrapClients {
  readonly dynamo: DynamoDBClient;
  readonly kms: KMSClient;
}

/** A runner of rewraps, from the function's environment. */
export const wire = (
  env: Env,
  { dynamo, kms }: RewrapClients,
  around: { readonly now: () => number; readonly log: Log; readonly pageSize: number },
) => {
  const [connections, secrets] = [env.CONNECTIONS_TABLE, env.SECRETS_TABLE];
  const rewrapSecrets = makeRewrapSecrets({
    secretsTable: secrets,
    partition: makeReads(dynamo, secrets).partition,
    rewrap: makeRewrap(kms, env.KEY_ID),
    write: (writes) => transactWrite(dynamo, writes),
    log: around.log,
  });
  return makeRun({
    jobs: makeRewrapProgress({ ...makeReads(dynamo, connections), ...makeUpdates(dynamo, connections) }),
    walk: makeWalk({
      pageSize: around.pageSize,
      ...makePages(dynamo, connections),
      ...makeBatchReads(dynamo, connections),
      rewrapSecrets,
      providers: connectors.filter(isOAuth).map(({ type }) => type),
    }),
    ...around,
  });
};
