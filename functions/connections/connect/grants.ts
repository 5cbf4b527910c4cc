import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { transactPut } from '../../platform/dynamo/transact.ts';
import { type TokenRecord, tokenItem } from '../oauth/token-record.ts';
import type { ConnectionRecord } from '../record.ts';
import { connectionKey } from '../store.ts';

/**
 * Stores a connection together with its tokens: both or neither. `false` when what stands there is no longer of the
 * revision before, or, for a new connection, when another one was made meanwhile.
 */
export const makeSaveGrant =
  (client: DynamoDBClient, tables: { readonly connections: string; readonly secrets: string }) =>
  (record: ConnectionRecord, tokens: TokenRecord): Promise<boolean> => {
    const isNew = record.revision === 1;
    return transactPut(client, [
      {
        table: tables.connections,
        item: { ...connectionKey(record.tenant_id, record.connector_type), ...record },
        condition: isNew ? 'attribute_not_exists(pk) OR #state = :state' : '#revision = :revision',
        values: isNew ? { state: 'revoked' } : { revision: record.revision - 1 },
      },
      { table: tables.secrets, item: tokenItem(record, tokens) },
    ]);
  };
