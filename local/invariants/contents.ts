import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Cloud } from '../cloud/boot.ts';
import { REGION } from '../cloud/options.ts';
import { ofType } from '../cloud/template-resources.ts';
import { type StoredItem, toStoredItem } from './stored-item.ts';
import { type StoredMessage, toStoredMessage } from './stored-message.ts';

/** All that tables and queues hold. */
export interface Contents {
  readonly items: readonly StoredItem[];
  /** In the queues that have a dead-letter queue, visible or not. */
  readonly inLanes: readonly StoredMessage[];
  /** In those dead-letter queues. */
  readonly inQuarantine: readonly StoredMessage[];
}

const readTables = async ({ resources, engines }: Cloud): Promise<StoredItem[]> => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: engines.dynamodb.endpoint, region: REGION, credentials });
  const items: StoredItem[] = [];
  try {
    for (const { logicalId, physicalName } of ofType(resources, 'AWS::DynamoDB::Table')) {
      const pages = paginateScan({ client }, { TableName: physicalName, ConsistentRead: true });
      for await (const { Items = [] } of pages) {
        items.push(...Items.map((item) => toStoredItem(logicalId, unmarshall(item))));
      }
    }
  } finally {
    client.destroy();
  }
  return items;
};

const readQueues = ({ resources, engines }: Cloud): Pick<Contents, 'inLanes' | 'inQuarantine'> => {
  const inLanes: StoredMessage[] = [];
  const inQuarantine: StoredMessage[] = [];
  for (const { logicalId, physicalName, properties } of ofType(resources, 'AWS::SQS::Queue')) {
    const messages = engines.sqs.queue(physicalName)?.peek() ?? [];
    const target = properties['RedrivePolicy'] === undefined ? inQuarantine : inLanes;
    target.push(...messages.map(({ id, body }) => toStoredMessage(logicalId, id, body)));
  }
  return { inLanes, inQuarantine };
};

export const readContents = async (cloud: Cloud): Promise<Contents> => ({
  items: await readTables(cloud),
  ...readQueues(cloud),
});
