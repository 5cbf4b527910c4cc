import { type InnerScope, innerScope } from '#contracts/scopes.ts';
import type { ConnectionRecord, ConnectionsStore } from '../../connections/index.ts';
import { asTenant } from '../../platform/aws/as-tenant.ts';
import { mapConcurrently } from '../../platform/concurrency.ts';
import type { Count } from '../../platform/log/count.ts';
import { errorCode, type Log } from '../../platform/log/log.ts';
import type { Send } from '../../platform/queue/send.ts';
import type { Deliveries, DeliveryRow } from '../deliveries.ts';
import type { Journal } from '../journal.ts';
import { deliveryIdOf } from '../keys.ts';
import type { OutboxEntry } from '../outbox.ts';
import { type Pointer, toMessage } from '../pointer.ts';
import { expiresAtSeconds } from '../retention.ts';
import { type Route, routesOf } from './route.ts';

export interface DispatchDeps {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly createDelivery: Deliveries['create'];
  readonly appendToJournal: Journal['append'];
  readonly send: Send;
  /** Whether connections of a type are destinations at all. */
  readonly delivers: (connectorType: string) => boolean;
  /** Connector type → URL of its lane. */
  readonly lanes: Readonly<Record<string, string>>;
  readonly deliveryRetentionDays: number;
  readonly eventRetentionDays: number;
  readonly now: () => number;
  readonly log: Log;
  readonly count: Count;
}

interface Pending {
  readonly entry: OutboxEntry;
  readonly pointer: Pointer;
}

const ROWS_AT_ONCE = 25;

/** What a row and a pointer say of where their connection is found; nothing for one of the whole platform. */
const placeOf = (connection: ConnectionRecord): { readonly scope?: InnerScope } => {
  const scope = innerScope(connection);
  return scope === undefined ? {} : { scope };
};

const newRow = (entry: OutboxEntry, { connection, skip }: Route, deps: DispatchDeps): DeliveryRow => {
  const nowMs = deps.now();
  return {
    connector: connection.connector_type,
    ...placeOf(connection),
    type: entry.event_type,
    subject: entry.subject,
    at: entry.occurred_at,
    ...(skip === undefined ? { state: 'queued' } : { state: 'skipped', reason: skip }),
    received: Date.parse(entry.received_at),
    created: nowMs,
    updated: nowMs,
    spent: 0,
    claims: 0,
    attempts: [],
    expires: expiresAtSeconds(nowMs, deps.deliveryRetentionDays),
  };
};

/** The pointer to send, unless the pair was skipped or is already on its way. */
const createRow = async (entry: OutboxEntry, route: Route, deps: DispatchDeps): Promise<Pending[]> => {
  const { connection } = route;
  const deliveryId = deliveryIdOf(entry.event_id, connection.connection_id);
  const row = newRow(entry, route, deps);
  const existing = await deps.createDelivery(entry.tenant_id, deliveryId, row);
  // A row that is still queued may have been written by a run that died before it could send.
  if ((existing ?? row).state !== 'queued') return [];
  const { tenant_id, connector_type } = connection;
  return [{ entry, pointer: { tenant_id, delivery_id: deliveryId, connector_type, ...placeOf(connection) } }];
};

const sendAll = async (pending: readonly Pending[], deps: DispatchDeps): Promise<OutboxEntry[]> => {
  const failed: OutboxEntry[] = [];
  for (const [connector, of] of Map.groupBy(pending, ({ pointer }) => pointer.connector_type)) {
    const lane = deps.lanes[connector];
    if (lane === undefined) throw new Error(`There is no lane for ${connector}`);
    const refused = await deps.send(
      lane,
      of.map(({ pointer }) => toMessage(pointer)),
    );
    failed.push(...of.filter((_, index) => refused.has(index)).map(({ entry }) => entry));
    deps.count('dispatched', of.length - refused.size, { connector });
  }
  return failed;
};

/** Rows, then pointers, then the journal: each step can be repeated, so a run that died is simply run again. */
const dispatchTenant = async (tenantId: string, entries: readonly OutboxEntry[], deps: DispatchDeps) => {
  const startedAtMs = deps.now();
  const scopes = new Set(entries.flatMap(({ scope }) => scope ?? []));
  const tenant = await deps.ofTenant(tenantId, [...scopes]);
  const connections = tenant.connections.filter(({ connector_type }) => deps.delivers(connector_type));
  const pairs = entries.flatMap((entry) =>
    routesOf({ ...tenant, connections }, entry).map((route) => ({ entry, route })),
  );
  const pending = await mapConcurrently(pairs, ROWS_AT_ONCE, ({ entry, route }) =>
    createRow(entry, route, deps),
  );
  const failed = await sendAll(pending.flat(), deps);
  await deps.appendToJournal(tenantId, entries, expiresAtSeconds(startedAtMs, deps.eventRetentionDays));
  const line = { stage: 'dispatch', tenant_id: tenantId, duration_ms: deps.now() - startedAtMs };
  deps.log({ ...line, outcome: 'dispatched', count: pending.flat().length - failed.length });
  if (failed.length > 0) deps.log({ ...line, outcome: 'failed', code: 'send_refused', count: failed.length });
  return failed;
};

/** Turns events into deliveries. Answers the events that have to be dispatched again. */
export const makeDispatch =
  (deps: DispatchDeps) =>
  async (entries: readonly OutboxEntry[]): Promise<OutboxEntry[]> => {
    const failed: OutboxEntry[] = [];
    for (const [tenantId, of] of Map.groupBy(entries, ({ tenant_id }) => tenant_id)) {
      try {
        failed.push(...(await asTenant(tenantId, () => dispatchTenant(tenantId, of, deps))));
      } catch (error) {
        deps.log({
          stage: 'dispatch',
          outcome: 'failed',
          code: errorCode(error),
          tenant_id: tenantId,
          count: of.length,
        });
        failed.push(...of);
      }
    }
    return failed;
  };
