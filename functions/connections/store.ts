import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TenantSettings } from '#contracts/connections.ts';
import type { Item } from '../platform/dynamo/item.ts';
import { makeReads } from '../platform/dynamo/reads.ts';
import { CONNECTION, PRINCIPAL, SETTINGS, tenantPartition } from './keys.ts';
import type { ConnectionRecord, PrincipalRecord, TenantConnections } from './record.ts';

// The table holds only what `changes.ts` wrote.
const recordIn = <Record>({ pk: _pk, sk: _sk, platform: _list, platform_at: _at, ...record }: Item) =>
  record as unknown as Record;
export const toConnection = (item: Item) => recordIn<ConnectionRecord>(item);
export const toPrincipal = (item: Item) => recordIn<PrincipalRecord>(item);

/** What a tenant's items say together. */
const toTenant = (items: readonly Item[]): TenantConnections => {
  const below = (prefix: string) => items.filter(({ sk }) => String(sk).startsWith(prefix));
  const settings = items.find(({ sk }) => sk === SETTINGS);
  // Settings are stored as they came through their schema.
  const throttles = settings?.['throttles'] as TenantSettings['throttles'];
  return {
    integrationsEnabled: settings?.['integrations_enabled'] === true,
    ...(throttles === undefined ? {} : { throttles }),
    connections: below(CONNECTION).map(toConnection),
    principals: below(PRINCIPAL).map(toPrincipal),
  };
};

/** A tenant's settings, connections and principals. They share a partition, so one query reads all that routing needs. */
export const makeConnectionsStore = (client: DynamoDBClient, tableName: string) => {
  const table = makeReads(client, tableName);
  return {
    async ofTenant(tenantId: string): Promise<TenantConnections> {
      return toTenant(await table.partition(tenantPartition(tenantId), { consistent: true }));
    },
  };
};

export type ConnectionsStore = ReturnType<typeof makeConnectionsStore>;
