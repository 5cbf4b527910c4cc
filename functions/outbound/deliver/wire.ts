import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SQSClient } from '@aws-sdk/client-sqs';
import type * as z from 'zod';
import { makeConnectionsStore, makeSecretsReader, makeUse } from '../../connections/index.ts';
import type { Connector } from '../../connectors/define.ts';
import { clientConfig } from '../../platform/aws/client-config.ts';
import { tenantClientConfig } from '../../platform/aws/tenant-client-config.ts';
import { makeOpen } from '../../platform/crypto/seal.ts';
import { makeTable } from '../../platform/dynamo/table.ts';
import { makeHttpClient } from '../../platform/egress/request.ts';
import { makeCount } from '../../platform/log/count.ts';
import type { Log } from '../../platform/log/log.ts';
import { DELAY_SECONDS_MAX, makeSend, type Send } from '../../platform/queue/send.ts';
import { makeDeliveries } from '../deliveries.ts';
import { makeOutbox } from '../outbox.ts';
import { makeTouchParking } from '../parkings.ts';
import { type Pointer, toMessage } from '../pointer.ts';
import type { DeliverDeps } from './deps.ts';
import type { Env } from './env.ts';

const SECRETS_TTL_MS = 5 * 60_000;

const makeSendOne =
  (send: Send) =>
  async (queueUrl: string, pointer: Pointer, delaySeconds?: number): Promise<void> => {
    const refused = await send(queueUrl, [toMessage(pointer, delaySeconds)]);
    if (refused.size > 0) throw new Error('The queue did not take the message');
  };

/** What a process has and a pure function has not. */
export interface Surroundings {
  readonly log: Log;
  readonly now: () => number;
  /** Gives [0, 1). */
  readonly random: () => number;
}

/** Everything that delivering over `connector` needs, from the function's environment. */
export const wire = (env: z.output<typeof Env>, connector: Connector, around: Surroundings): DeliverDeps => {
  const client = new DynamoDBClient(tenantClientConfig);
  const sendOne = makeSendOne(makeSend(new SQSClient(clientConfig)));
  const { claim, settle, park } = makeDeliveries(makeTable(client, env.DELIVERIES_TABLE));
  return {
    connector,
    ofTenant: makeConnectionsStore(client, env.CONNECTIONS_TABLE).ofTenant,
    readSecrets: makeSecretsReader({
      table: makeTable(client, env.SECRETS_TABLE),
      open: makeOpen(new KMSClient(tenantClientConfig), env.KEY_ID),
      now: around.now,
      ttlMs: SECRETS_TTL_MS,
    }),
    readEvents: makeOutbox(makeTable(client, env.OUTBOX_TABLE)).read,
    ...makeUse(client, env.CONNECTIONS_TABLE, around),
    claim,
    settle,
    park,
    touchParking: makeTouchParking(makeTable(client, env.LIMITS_TABLE), around),
    sendLater: (pointer, delayMs) =>
      sendOne(env.LANE_URL, pointer, Math.min(Math.max(0, Math.ceil(delayMs / 1000)), DELAY_SECONDS_MAX)),
    sendToQuarantine: (pointer) => sendOne(env.QUARANTINE_URL, pointer),
    http: makeHttpClient({ policy: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } }),
    leaseMs: env.LEASE_SECONDS * 1000,
    retentionDays: env.DELIVERY_RETENTION_DAYS,
    ...around,
    count: makeCount(),
  };
};
