import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Cloud } from '../../local/cloud/boot.ts';

/** A client that sees the tables of a cloud as nobody's role would, and the physical name of each. */
export const engineClient = ({ engines, resources }: Cloud) => ({
  client: new DynamoDBClient({
    endpoint: engines.dynamodb.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }),
  table: (name: string): string =>
    [...resources.values()].find(({ logicalId }) => logicalId.startsWith(`Storage${name}`))?.physicalName ??
    '',
});
