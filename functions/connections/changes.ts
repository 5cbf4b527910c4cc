import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TenantSettings } from '#contracts/connections.ts';
import { PLATFORM_INDEX } from '#contracts/platform-index.ts';
import { scopeName } from '#contracts/scopes.ts';
import { type TransactWrite, transactWrite } from '../platform/dynamo/transact.ts';
import { activityItem, type Cause, type Deed } from './activity.ts';
import { connectionKey, principalKey, SETTINGS, tenantPartition } from './keys.ts';
import { type TokenRecord, tokenItem, tokensKey } from './oauth/token-record.ts';
import { parkingKey, parkingWoken } from './parking.ts';
import type { ConnectionRecord, PrincipalRecord, StoredHealth } from './record.ts';
import type { Rotated } from './rotation.ts';
import { type SealedSecret, secretItem, secretKey } from './secrets.ts';

/** What becomes of a connection, who does it, and all that is written with it: everything or nothing. */
export interface Change {
  readonly connection: ConnectionRecord;
  /** The principal as it becomes; left as it is when absent. */
  readonly principal?: PrincipalRecord | undefined;
  readonly sealed?: readonly SealedSecret[];
  readonly retired?: Rotated['retired'];
  readonly ended?: Rotated['ended'];
  /** What a vendor granted, in the place of what was there; null destroys that, absent leaves it. */
  readonly tokens?: TokenRecord | null;
  /** Whether deliveries may have waited for just this, and are to be sent now. */
  readonly wakes?: boolean;
  readonly deeds: readonly Deed[];
  readonly cause: Cause;
  readonly atMs: number;
}

export interface HealthChange extends Pick<Change, 'connection' | 'deeds' | 'cause' | 'atMs'> {
  readonly health: StoredHealth;
  /** Whether it is worth a note only where something else stands. */
  readonly ifNew?: boolean;
}

export interface ConnectionTables {
  readonly connections: string;
  /** Only for those who change secrets. */
  readonly secrets?: string;
  /** Only for those whose changes wake parked deliveries. */
  readonly limits?: string;
}

/**
 * In which list of the platform's index a connection stands; those that are degraded have one of their own. Whatever
 * changes it has a deed: a rewrap finds by its activity a connection that has changed lists.
 */
const listOf = ({ state, health }: ConnectionRecord) =>
  state !== 'revoked' && health.status === 'degraded' ? 'failing' : 'connection';

const connectionItem = (record: ConnectionRecord) => ({
  ...connectionKey(record),
  ...record,
  [PLATFORM_INDEX.partitionKey]: listOf(record),
  [PLATFORM_INDEX.sortKey]: `${record.connector_type}#${record.tenant_id}#${scopeName(record)}`,
});

const tokenWrites = ({ connection, tokens }: Change, table: string): TransactWrite[] => {
  if (tokens === undefined) return [];
  return [
    tokens === null
      ? { table, deleted: tokensKey(connection) }
      : { table, item: tokenItem(connection, tokens) },
  ];
};

const secretWrites = ({ connection, sealed = [], retired = [], ended = [] }: Change, table: string) => [
  ...sealed.map((one): TransactWrite => ({ table, item: secretItem(connection, one) })),
  ...retired.map(
    ({ untilMs, ...version }): TransactWrite => ({
      table,
      key: secretKey(connection, version),
      update: { set: { expires: Math.ceil(untilMs / 1000) }, condition: 'attribute_exists(pk)' },
    }),
  ),
  ...ended.map((version): TransactWrite => ({ table, deleted: secretKey(connection, version) })),
];

const wakeWrites = ({ connection, wakes, atMs }: Change, table: string): TransactWrite[] =>
  wakes ? [{ table, key: parkingKey(connection), update: parkingWoken(connection, atMs) }] : [];

/** Writes of connections. Each is one transaction with its activity, so that neither is there without the other. */
export const makeChanges = (client: DynamoDBClient, tables: ConnectionTables) => {
  const table = tables.connections;
  const write = (change: Change, condition: string, values: Record<string, unknown>) => {
    const { connection, principal, deeds, cause, atMs } = change;
    return transactWrite(client, [
      { table, item: connectionItem(connection), condition, values },
      ...(principal === undefined ? [] : [{ table, item: { ...principalKey(principal), ...principal } }]),
      ...deeds.map((deed) => ({ table, item: activityItem(deed, connection, cause, atMs) })),
      ...secretWrites(change, tables.secrets ?? ''),
      ...tokenWrites(change, tables.secrets ?? ''),
      ...wakeWrites(change, tables.limits ?? ''),
    ]);
  };
  return {
    /** `false` when the tenant already has one at that place that is not revoked. */
    create: (change: Change): Promise<boolean> =>
      write(change, 'attribute_not_exists(pk) OR #state = :state', { state: 'revoked' }),

    /** Writes over the revision before it; `false` when that is no longer what stands there. */
    replace(change: Change): Promise<boolean> {
      const { connection_id, revision } = change.connection;
      // A revision of another connection is no earlier one of this: a revoked one may have made room meanwhile.
      const condition = '#revision = :revision AND #connection_id = :connection_id';
      return write(change, condition, { revision: revision - 1, connection_id });
    },

    /** Notes what was found out about a connection; `false` when it has become another one, or is no news. */
    setHealth({ connection, health, ifNew, deeds, cause, atMs }: HealthChange): Promise<boolean> {
      const { connection_id, revision } = connection;
      const unchanged = '#revision = :revision AND #connection_id = :connection_id';
      const update = {
        set: { health, [PLATFORM_INDEX.partitionKey]: listOf({ ...connection, health }) },
        // Two workers may meet the same fault at the same time.
        condition: ifNew ? `${unchanged} AND #health <> :health` : unchanged,
        names: ['revision', 'connection_id'],
        values: { revision, connection_id },
      };
      return transactWrite(client, [
        { table, key: connectionKey(connection), update },
        ...deeds.map((deed) => ({ table, item: activityItem(deed, connection, cause, atMs) })),
      ]);
    },

    /** Replaces a tenant's settings. */
    async setTenant(tenantId: string, settings: TenantSettings, cause: Cause, atMs: number): Promise<void> {
      const deed: Deed = { action: 'tenant.settings_changed', changed: Object.keys(settings) };
      await transactWrite(client, [
        { table, item: { pk: tenantPartition(tenantId), sk: SETTINGS, ...settings } },
        { table, item: activityItem(deed, { tenant_id: tenantId }, cause, atMs) },
      ]);
    },
  };
};

export type Changes = ReturnType<typeof makeChanges>;
