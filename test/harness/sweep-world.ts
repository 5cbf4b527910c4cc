import { randomUUID } from 'node:crypto';
import type { ConnectionRecord, TenantConnections } from '#functions/connections/record.ts';
import { type DeliveryRow, makeDeliveries } from '#functions/outbound/deliveries.ts';
import { deliveryIdOf, eventIdOf, partsOf } from '#functions/outbound/keys.ts';
import { makeParkings, makeTouchParking, type Parkings } from '#functions/outbound/parkings.ts';
import { makeSweepDue } from '#functions/outbound/sweep/due.ts';
import { makeSweepParked, type SweepParkedDeps } from '#functions/outbound/sweep/parked.ts';
import { makeSendBack } from '#functions/outbound/sweep/send-back.ts';
import { waitingFor, waitingUntil } from '#functions/outbound/waiting.ts';
import { makeWaitingRows } from '#functions/outbound/waiting-rows.ts';
import { makeDeletes } from '#functions/platform/dynamo/deletes.ts';
import { makePages } from '#functions/platform/dynamo/pages.ts';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import type { Message } from '#functions/platform/queue/send.ts';
import { manualClock } from '#local/manual-clock.ts';
import { sampleConnector } from './connector.ts';
import { queuedRow, START_MS, webhookConnection } from './outbound.ts';
import { recordedLog } from './recorded-log.ts';
import type { Tables } from './tables.ts';

/** A tenant whose connections cannot be read. */
export const UNREADABLE_TENANT_ID = '00000000-0000-4000-8000-000000000000';

const LANE = 'https://queue.example/lane';

/** The sweep over real tables, a clock that stands still, and a lane that remembers what it was sent. */
export const sweepWorld = (tables: Tables) => {
  const clock = manualClock(START_MS);
  const { log, lines, count } = recordedLog();
  const sent: Message[] = [];
  const tenants = new Map<string, TenantConnections>();
  /** What the lane takes. */
  const lane = { takes: (_: Message) => true };
  const tableOf = (name: string) => ({
    ...makeTable(tables.client, name),
    ...makePages(tables.client, name),
    ...makeDeletes(tables.client, name),
  });
  const deliveries = makeDeliveries(tableOf('deliveries'));
  const { page, release } = makeWaitingRows(tableOf('deliveries'));
  const parkings: Parkings = makeParkings(tableOf('limits'));
  const sendBack = makeSendBack({
    async send(_, messages) {
      const refused = new Set(messages.flatMap((one, index) => (lane.takes(one) ? [] : [index])));
      sent.push(...messages.filter((_one, index) => !refused.has(index)));
      return refused;
    },
    release,
    lanes: { sample: LANE },
    now: clock.now,
    count,
  });
  const parkedDeps: SweepParkedDeps = {
    ...parkings,
    page,
    sendBack,
    ofTenant: async (tenantId) => {
      if (tenantId === UNREADABLE_TENANT_ID) throw new Error('unreachable');
      return tenants.get(tenantId) ?? { integrationsEnabled: false, connections: [], principals: [] };
    },
    connectorOf: () => sampleConnector(),
    now: clock.now,
    log,
  };
  const create = async (tenantId: string, connectionId: string, row: Partial<DeliveryRow>, key = 'a') => {
    const eventId = eventIdOf(tenantId, key);
    const deliveryId = deliveryIdOf(eventId, connectionId);
    await deliveries.create(tenantId, deliveryId, queuedRow({ connector: 'sample', ...row }));
    return { tenantId, deliveryId };
  };
  return {
    clock,
    lines,
    sent,
    lane,
    deliveries,
    parkings,
    /** A tenant with one connection, as it is. */
    connect(changes: Partial<ConnectionRecord> = {}): ConnectionRecord {
      const sample = {
        connector_type: 'sample',
        config: { account: 'abc' },
        secret_fields: { access_token: { version: 1, created_at: '2029-01-01T00:00:00.000Z' } },
      };
      const record = webhookConnection({ ...sample, ...changes });
      tenants.set(record.tenant_id, { integrationsEnabled: true, connections: [record], principals: [] });
      return record;
    },
    /** A row that waits for its next attempt until `dueMs`. */
    waiting(dueMs: number, key = 'a') {
      const [tenantId, connectionId] = [randomUUID(), webhookConnection().connection_id];
      const wait = waitingUntil(eventIdOf(tenantId, key), dueMs);
      return create(tenantId, connectionId, { state: 'retry', due: dueMs, ...wait }, key);
    },
    /** A row that was parked for a connection. */
    async parked(connection: ConnectionRecord, key = 'a') {
      const { tenant_id, connection_id } = connection;
      const waiting = waitingFor(
        tenant_id,
        { eventId: eventIdOf(tenant_id, key), connectionId: connection_id },
        clock.now(),
      );
      await makeTouchParking(tableOf('limits'), clock)(connection);
      return create(tenant_id, connection_id, { state: 'parked', reason: 'paused', ...waiting }, key);
    },
    async rowOf({ tenantId, deliveryId }: { readonly tenantId: string; readonly deliveryId: string }) {
      const [found] = await deliveries.ofEvent(tenantId, partsOf(deliveryId).eventId);
      return found?.row;
    },
    /** The connections that are to be looked at by now. */
    async noted(): Promise<string[]> {
      const ids: string[] = [];
      for await (const page of parkings.due(clock.now()))
        ids.push(...page.map(({ connection_id }) => connection_id));
      return ids;
    },
    sweepDue: () => makeSweepDue({ page, sendBack, now: clock.now })(clock.now() + 1000),
    sweepParked: (changes: Partial<SweepParkedDeps> = {}) =>
      makeSweepParked({ ...parkedDeps, ...changes })(clock.now() + 1000),
  };
};

export type SweepWorld = ReturnType<typeof sweepWorld>;

/** The deliveries that messages point to. */
export const pointedTo = (messages: readonly Message[]): string[] =>
  messages.map(({ body }) => JSON.parse(body).delivery_id);
