import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { makeConnectionsStore } from '../../connections/index.ts';
import { connectorOf } from '../../connectors/all.ts';
import { clientConfig } from '../../platform/aws/client-config.ts';
import { tenantClientConfig } from '../../platform/aws/tenant-client-config.ts';
import { makeTable } from '../../platform/dynamo/table.ts';
import { readEnv } from '../../platform/env.ts';
import { makeCount } from '../../platform/log/count.ts';
import { makeLog } from '../../platform/log/log.ts';
import { makeSend } from '../../platform/queue/send.ts';
import { makeDeliveries } from '../deliveries.ts';
import { makeJournal } from '../journal.ts';
import { type OutboxEntry, toEntry } from '../outbox.ts';
import { makeDispatch } from './dispatch.ts';
import { Env } from './env.ts';

const env = readEnv(Env);
const client = new DynamoDBClient(tenantClientConfig);
const deliveries = makeTable(client, env.DELIVERIES_TABLE);

const dispatch = makeDispatch({
  ofTenant: makeConnectionsStore(client, env.CONNECTIONS_TABLE).ofTenant,
  createDelivery: makeDeliveries(deliveries).create,
  appendToJournal: makeJournal(deliveries).append,
  send: makeSend(new SQSClient(clientConfig)),
  delivers: (connectorType) => connectorOf(connectorType)?.deliver !== undefined,
  lanes: env.LANES,
  deliveryRetentionDays: env.DELIVERY_RETENTION_DAYS,
  eventRetentionDays: env.EVENT_RETENTION_DAYS,
  now: () => Date.now(),
  log: makeLog('dispatch'),
  count: makeCount(),
});

// Lambda's record and the SDK's attribute values are one wire format under two names.
const toOutboxEntry = (record: DynamoDBRecord): OutboxEntry =>
  toEntry(unmarshall((record.dynamodb?.NewImage ?? {}) as Record<string, AttributeValue>));

export const handler = async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const entries = event.Records.map(toOutboxEntry);
  const failed = new Set(await dispatch(entries));
  const sequenceNumbers = event.Records.filter((_, index) => failed.has(entries[index] as OutboxEntry)).map(
    (record) => record.dynamodb?.SequenceNumber ?? '',
  );
  return { batchItemFailures: sequenceNumbers.map((itemIdentifier) => ({ itemIdentifier })) };
};
