import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TenantSettings } from '#contracts/connections.ts';
import type { ScopeName } from '#contracts/scopes.ts';
import { mapConcurrently } from '../platform/concurrency.ts';
import type { Item } from '../platform/dynamo/item.ts';
import { makeReads } from '../platform/dynamo/reads.ts';
import type { SortKeys } from '../platform/dynamo/sort-keys.ts';
import { CONNECTION, PRINCIPAL, SCOPED, SETTINGS, sortPrefix, tenantPartition } from './keys.ts';
import type { ConnectionRecord, PrincipalRecord, TenantConnections } from './record.ts';

// The table holds only what `changes.ts` wrote.
const recordIn = <Record>({ pk: _pk, sk: _sk, platform: _list, platform_at: _at, ...record }: Item) =>
  record as unknown as Record;
export const toConnection = (item: Item) => recordIn<ConnectionRecord>(item);
export const toPrincipal = (item: Item) => recordIn<PrincipalRecord>(item);

/** What a tenant's items say together. */
const toTenant = (items: readonly Item[]): TenantConnections => {
  const below = (kind: string) =>
    items.filter(({ sk }) => [kind, `${SCOPED}${kind}`].some((prefix) => String(sk).startsWith(prefix)));
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

const QUERIES_AT_ONCE = 10;

/** A tenant's settings, connections and principals. They share a partition, so one query reads all that routing needs. */
export const makeConnectionsStore = (client: DynamoDBClient, tableName: string) => {
  const table = makeReads(client, tableName);
  return {
    /**
     * What is of the whole platform, and of those other scopes that are named: two queries more for each. What a tenant
     * has in scopes that are not named costs nothing.
     */
    async ofTenant(tenantId: string, scopes: readonly ScopeName[] = []): Promise<TenantConnections> {
      const further = scopes.filter((scope) => scope !== 'platform');
      const ranges = [
        { before: SCOPED },
        ...further.flatMap((scope) => [
          { beginsWith: sortPrefix(CONNECTION, scope) },
          { beginsWith: sortPrefix(PRINCIPAL, scope) },
        ]),
      ];
      const read = (range: SortKeys) =>
        table.partition(tenantPartition(tenantId), { consistent: true, ...range });
      return toTenant((await mapConcurrently(ranges, QUERIES_AT_ONCE, read)).flat());
    },
  };
};

export type ConnectionsStore = ReturnType<typeof makeConnectionsStore>;
