import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConnectorType } from '#contracts/connections.ts';
import type { Item } from '../platform/dynamo/item.ts';
import { makePuts } from '../platform/dynamo/puts.ts';
import { makeReads } from '../platform/dynamo/reads.ts';
import { transactPut } from '../platform/dynamo/transact.ts';
import type { ConnectionRecord, TenantConnections } from './record.ts';
import { type SealedSecrets, secretsItem } from './secrets.ts';

const partition = (tenantId: string) => `T#${tenantId}#C`;
const SETTINGS = 'settings';
// Scope and type are the sort key: a tenant cannot have two connections of one type in one scope.
const sortKey = (connectorType: string, scope = 'platform') => `connection#${scope}#${connectorType}`;
/** Where a tenant's connection of a type stands. */
export const connectionKey = (tenantId: string, connectorType: string) => ({
  pk: partition(tenantId),
  sk: sortKey(connectorType),
});

// The table holds only what this store wrote.
const toRecord = ({ pk: _pk, sk: _sk, ...record }: Item) => record as unknown as ConnectionRecord;

/** A tenant's settings and connections. They share a partition, so one query reads all that routing needs. */
export const makeConnectionsStore = (client: DynamoDBClient, tableName: string) => {
  const table = { ...makeReads(client, tableName), ...makePuts(client, tableName) };
  return {
    async ofTenant(tenantId: string): Promise<TenantConnections> {
      const items = await table.partition(partition(tenantId), { consistent: true });
      return {
        integrationsEnabled: items.some(
          (item) => item['sk'] === SETTINGS && item['integrations_enabled'] === true,
        ),
        connections: items.filter((item) => item['sk'] !== SETTINGS).map(toRecord),
      };
    },

    async find(tenantId: string, connectorType: string): Promise<ConnectionRecord | undefined> {
      // Whatever stood in a path comes here, and a sort key ends at 1024 bytes.
      if (!ConnectorType.safeParse(connectorType).success) return undefined;
      const item = await table.get(connectionKey(tenantId, connectorType), { consistent: true });
      return item && toRecord(item);
    },

    /** Both rows or neither. `false` when the tenant already has one that is not revoked. */
    create(
      record: ConnectionRecord,
      secrets: { readonly table: string; readonly sealed: SealedSecrets } | undefined,
    ) {
      const item = { ...connectionKey(record.tenant_id, record.connector_type), ...record };
      return transactPut(client, [
        {
          table: tableName,
          item,
          condition: 'attribute_not_exists(pk) OR #state = :state',
          values: { state: 'revoked' },
        },
        ...(secrets === undefined ? [] : [{ table: secrets.table, item: secretsItem(secrets.sealed) }]),
      ]);
    },

    /** Writes `record` over the one of the revision before it; `false` when that is no longer what stands there. */
    async replace(record: ConnectionRecord): Promise<boolean> {
      const item = { ...connectionKey(record.tenant_id, record.connector_type), ...record };
      const previous = { revision: record.revision - 1 };
      const written = await table.putIf(item, '#revision = :revision', previous, ['revision']);
      return written.written;
    },

    async setGate(tenantId: string, integrationsEnabled: boolean): Promise<void> {
      await table.put({ pk: partition(tenantId), sk: SETTINGS, integrations_enabled: integrationsEnabled });
    },

    async gate(tenantId: string): Promise<boolean> {
      const item = await table.get({ pk: partition(tenantId), sk: SETTINGS }, { consistent: true });
      return item?.['integrations_enabled'] === true;
    },
  };
};

export type ConnectionsStore = ReturnType<typeof makeConnectionsStore>;
