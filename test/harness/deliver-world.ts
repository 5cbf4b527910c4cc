import { randomUUID } from 'node:crypto';
import type { FieldError } from '#contracts/errors.ts';
import type { Envelope } from '#contracts/events.ts';
import type { ConnectionRecord, Standing, TenantConnections } from '#functions/connections/record.ts';
import type { AttemptOutcome, Connector, DeliveryBatch } from '#functions/connectors/define.ts';
import { makeDeliver } from '#functions/outbound/deliver/deliver.ts';
import type { DeliverDeps } from '#functions/outbound/deliver/deps.ts';
import { type Deliveries, type DeliveryRow, makeDeliveries } from '#functions/outbound/deliveries.ts';
import { deliveryIdOf, partsOf } from '#functions/outbound/keys.ts';
import type { Pointer } from '#functions/outbound/pointer.ts';
import { Secret } from '#functions/platform/crypto/secret.ts';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import { manualClock } from '#local/manual-clock.ts';
import { sampleConnector } from './connector.ts';
import { envelopeOf, principalOf, queuedRow, START_MS, webhookConnection } from './outbound.ts';
import { recordedLog } from './recorded-log.ts';
import type { Tables } from './tables.ts';

export const LEASE_MS = 70_000;
export const RETENTION_DAYS = 30;

const NOBODY: TenantConnections = { integrationsEnabled: false, connections: [], principals: [] };

const emptyMemory = () => ({
  ...recordedLog(),
  clock: manualClock(START_MS),
  tenants: new Map<string, TenantConnections>(),
  events: new Map<string, Envelope>(),
  sentLater: [] as { readonly pointer: Pointer; readonly delayMs: number }[],
  quarantined: [] as Pointer[],
  /** The connections for which it was noted that deliveries are being parked. */
  touched: [] as string[],
  degraded: [] as { readonly connection: ConnectionRecord; readonly errors: readonly FieldError[] }[],
  /** Which connections were noted as used, group by group. */
  used: [] as Standing[],
  /** What the connector was called with, call by call. */
  batches: [] as DeliveryBatch<Record<string, unknown>>[],
  /** What becomes of each event at the destination. */
  answer: (_envelope: Envelope): AttemptOutcome => ({ outcome: 'delivered' }),
});

type Memory = ReturnType<typeof emptyMemory>;

const recordingConnector = (memory: Memory): Connector =>
  sampleConnector({
    async deliver(batch) {
      memory.batches.push(batch);
      return batch.envelopes.map((envelope) => memory.answer(envelope));
    },
  });

const depsOn = (memory: Memory, deliveries: Deliveries): DeliverDeps => ({
  connector: recordingConnector(memory),
  ofTenant: async (tenantId) => memory.tenants.get(tenantId) ?? NOBODY,
  readSecrets: async ({ connection_id }) => [{ access_token: new Secret(`token of ${connection_id}`) }],
  degrade: async (connection, errors) => void memory.degraded.push({ connection, errors }),
  recordUse: async (standing) => void memory.used.push(standing),
  readEvents: async (_tenantId, eventIds) =>
    new Map([...memory.events].filter(([eventId]) => eventIds.includes(eventId))),
  claim: deliveries.claim,
  settle: deliveries.settle,
  park: deliveries.park,
  touchParking: async ({ connection_id }) => void memory.touched.push(connection_id),
  sendLater: async (pointer, delayMs) => void memory.sentLater.push({ pointer, delayMs }),
  sendToQuarantine: async (pointer) => void memory.quarantined.push(pointer),
  http: { send: () => Promise.reject(new Error('not in this world')), close: () => {} },
  leaseMs: LEASE_MS,
  retentionDays: RETENTION_DAYS,
  random: () => 0,
  now: memory.clock.now,
  log: memory.log,
  count: memory.count,
});

const connecting = ({ tenants }: Memory) => ({
  /** An enabled connection of a tenant on the allowlist, but for `changes`. */
  connect(changes: Partial<ConnectionRecord> = {}): ConnectionRecord {
    const sample = {
      tenant_id: randomUUID(),
      connector_type: 'sample',
      config: { account: 'abc' },
      secret_fields: { access_token: { version: 1, created_at: new Date(START_MS).toISOString() } },
    };
    const record = webhookConnection({ ...sample, ...changes });
    const { connections, principals } = tenants.get(record.tenant_id) ?? NOBODY;
    tenants.set(record.tenant_id, {
      integrationsEnabled: true,
      connections: [...connections, record],
      principals: [...principals, principalOf(record)],
    });
    return record;
  },
  /** Changes the one connection of its tenant, or the tenant's gate. */
  change(record: ConnectionRecord, changes: Partial<ConnectionRecord>, integrationsEnabled = true) {
    const connections = [{ ...record, ...changes }];
    tenants.set(record.tenant_id, { integrationsEnabled, connections, principals: [] });
  },
});

const queueing = (memory: Memory, deliveries: Deliveries) => ({
  /** An event that waits in the lane of a connection, and the pointer to its row. */
  async queue(
    { tenant_id, connection_id }: ConnectionRecord,
    key: string,
    row: Partial<DeliveryRow> = {},
    data: Record<string, unknown> = {},
  ): Promise<Pointer> {
    const envelope = envelopeOf(tenant_id, key, data);
    memory.events.set(envelope.event_id, envelope);
    const delivery_id = deliveryIdOf(envelope.event_id, connection_id);
    await deliveries.create(tenant_id, delivery_id, queuedRow({ connector: 'sample', ...row }));
    return { tenant_id, delivery_id, connector_type: 'sample' };
  },
  async rowOf({ tenant_id, delivery_id }: Pointer): Promise<DeliveryRow | undefined> {
    const { eventId, connectionId } = partsOf(delivery_id);
    const rows = await deliveries.ofEvent(tenant_id, eventId);
    return rows.find((row) => row.connectionId === connectionId)?.row;
  },
});

/**
 * Delivery over memory with a clock that stands still, except for the rows: those are in a real table, because their
 * conditions are what much of delivery rests on.
 */
export const deliverWorld = (tables: Tables) => {
  const memory = emptyMemory();
  const deliveries = makeDeliveries(makeTable(tables.client, 'deliveries'));
  const deps = depsOn(memory, deliveries);
  return Object.assign(memory, connecting(memory), queueing(memory, deliveries), {
    deliveries,
    deliver: (pointers: readonly Pointer[], changes: Partial<DeliverDeps> = {}) =>
      makeDeliver({ ...deps, ...changes })(pointers),
  });
};

export type DeliverWorld = ReturnType<typeof deliverWorld>;

/** An infrastructure failure whose message must be seen nowhere. */
export const down = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('canary'), { name: 'ServiceUnavailable' }));
