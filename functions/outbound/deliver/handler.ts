import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { makeConnectionsStore, makeSecretsReader } from '../../connections/index.ts';
import { connectorOf } from '../../connectors/all.ts';
import { clientConfig } from '../../platform/aws/client-config.ts';
import { makeOpen } from '../../platform/crypto/seal.ts';
import { makeTable } from '../../platform/dynamo/table.ts';
import { makeHttpClient } from '../../platform/egress/request.ts';
import { readEnv } from '../../platform/env.ts';
import { makeCount } from '../../platform/log/count.ts';
import { makeLog } from '../../platform/log/log.ts';
import { DELAY_SECONDS_MAX, makeSend } from '../../platform/queue/send.ts';
import { makeDeliveries } from '../deliveries.ts';
import { makeOutbox } from '../outbox.ts';
import { Pointer, toMessage } from '../pointer.ts';
import { makeDeliver } from './deliver.ts';
import { Env } from './env.ts';

const SECRETS_TTL_MS = 5 * 60_000;

const env = readEnv(Env);
const client = new DynamoDBClient(clientConfig);
const send = makeSend(new SQSClient(clientConfig));
const log = makeLog('deliver');
const now = () => Date.now();
const connector = connectorOf(env.CONNECTOR_TYPE);
if (!connector) throw new Error('CONNECTOR_TYPE names no connector');

const sendOne = async (queueUrl: string, pointer: Pointer, delaySeconds?: number) => {
  const refused = await send(queueUrl, [toMessage(pointer, delaySeconds)]);
  if (refused.size > 0) throw new Error('The queue did not take the message');
};

const { claim, settle } = makeDeliveries(makeTable(client, env.DELIVERIES_TABLE));

const deliver = makeDeliver({
  connector,
  ofTenant: makeConnectionsStore(client, env.CONNECTIONS_TABLE).ofTenant,
  readSecrets: makeSecretsReader({
    table: makeTable(client, env.SECRETS_TABLE),
    open: makeOpen(new KMSClient(clientConfig), env.KEY_ID),
    now,
    ttlMs: SECRETS_TTL_MS,
  }),
  readEvents: makeOutbox(makeTable(client, env.OUTBOX_TABLE)).read,
  claim,
  settle,
  sendLater: (pointer, delayMs) =>
    sendOne(env.LANE_URL, pointer, Math.min(Math.max(0, Math.ceil(delayMs / 1000)), DELAY_SECONDS_MAX)),
  sendToQuarantine: (pointer) => sendOne(env.QUARANTINE_URL, pointer),
  http: makeHttpClient({ policy: { allowLoopback: env.LOOPBACK_DESTINATIONS === 'allow' } }),
  leaseMs: env.LEASE_SECONDS * 1000,
  retentionDays: env.DELIVERY_RETENTION_DAYS,
  random: Math.random,
  now,
  log,
  count: makeCount(),
});

/** A message that is no pointer stays in the lane until the queue moves it to quarantine, where it can be looked at. */
const parse = (body: string): Pointer | undefined => {
  try {
    return Pointer.parse(JSON.parse(body));
  } catch {
    log({ stage: 'deliver', outcome: 'failed', code: 'not_a_pointer', connector_type: connector.type });
    return undefined;
  }
};

export const handler = async (event: SQSEvent): Promise<SQSBatchResponse> => {
  const messages = event.Records.map((record) => ({ id: record.messageId, pointer: parse(record.body) }));
  const pointers = messages.flatMap(({ pointer }) => pointer ?? []);
  const results = await deliver(pointers);
  const done = new Set(pointers.filter((_, index) => results[index] === 'done'));
  const again = messages.filter(({ pointer }) => pointer === undefined || !done.has(pointer));
  return { batchItemFailures: again.map(({ id }) => ({ itemIdentifier: id })) };
};
