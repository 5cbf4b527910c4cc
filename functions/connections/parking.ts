import type { ParkReason } from '#contracts/deliveries.ts';
import { PARKED_INDEX } from '#contracts/parked-index.ts';
import { innerScope } from '#contracts/scopes.ts';
import type { Connector } from '../connectors/define.ts';
import type { Key } from '../platform/dynamo/item.ts';
import type { Update } from '../platform/dynamo/update-expression.ts';
import type { ConnectionRecord } from './record.ts';
import { schemaErrors } from './validate.ts';

/** Why deliveries over an enabled connection have to wait; undefined when they do not. */
export const parkReasonOf = (
  connector: Connector,
  connection: ConnectionRecord,
  nowMs: number,
): ParkReason | undefined => {
  if (connection.paused_at !== undefined) return 'paused';
  if (connection.authorization?.status === 'needs_reauth') return 'needs_reauth';
  return schemaErrors(connector, connection, nowMs).length > 0 ? 'connection_invalid' : undefined;
};

type Parked = Pick<ConnectionRecord, 'tenant_id' | 'connection_id' | 'scope' | 'scope_id'>;

/** Where it is noted that a connection has parked deliveries. */
export const parkingKey = ({
  tenant_id,
  connection_id,
}: Pick<Parked, 'tenant_id' | 'connection_id'>): Key => ({
  pk: `T#${tenant_id}#K#${connection_id}`,
  sk: 'parking',
});

/** Under which the index lists all of them. */
export const PARKED_HEADING = 'parked';

const FIRST_LOOK_MS = 60_000;

const time = (ms: number) => new Date(ms).toISOString();

/** Notes that deliveries of a connection are being parked; the first note says when to look at it first. */
export const parkingTouched = (connection: Parked, nowMs: number): Update => ({
  set: { touched: nowMs, scope: innerScope(connection) },
  setOnce: {
    since: nowMs,
    [PARKED_INDEX.partitionKey]: PARKED_HEADING,
    [PARKED_INDEX.sortKey]: time(nowMs + FIRST_LOOK_MS),
  },
});

/** Notes that something has become of a connection for which parked deliveries, if there are any, may have waited. */
export const parkingWoken = (connection: Parked, nowMs: number): Update => ({
  set: {
    scope: innerScope(connection),
    [PARKED_INDEX.partitionKey]: PARKED_HEADING,
    [PARKED_INDEX.sortKey]: time(nowMs),
  },
  setOnce: { since: nowMs, touched: 0 },
});
