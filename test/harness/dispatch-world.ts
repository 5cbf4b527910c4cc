import type { ConnectionRecord, TenantConnections } from '#functions/connections/record.ts';
import type { DeliveryRow } from '#functions/outbound/deliveries.ts';
import { type DispatchDeps, makeDispatch } from '#functions/outbound/dispatch/dispatch.ts';
import type { OutboxEntry } from '#functions/outbound/outbox.ts';
import { Pointer } from '#functions/outbound/pointer.ts';
import { manualClock } from '#local/manual-clock.ts';
import { entryOf, envelopeOf, START_MS } from './outbound.ts';
import { recordedLog } from './recorded-log.ts';

const NOBODY: TenantConnections = { integrationsEnabled: false, connections: [], principals: [] };

/** Dispatch over memory: its tenants, the rows it makes, and the messages it sends. */
export const dispatchWorld = () => {
  const clock = manualClock(START_MS);
  const recorded = recordedLog();
  const tenants = new Map<string, TenantConnections>();
  const rows = new Map<string, DeliveryRow>();
  const sent: { readonly lane: string; readonly groupId: string; readonly pointer: Pointer }[] = [];
  /** The scopes that were read beside the platform, read by read. */
  const asked: string[][] = [];
  const journal: { readonly tenantId: string; readonly eventIds: string[]; readonly expires: number }[] = [];
  const deps: DispatchDeps = {
    async ofTenant(tenantId, scopes = []) {
      asked.push([...scopes]);
      return tenants.get(tenantId) ?? NOBODY;
    },
    async createDelivery(tenantId, deliveryId, row) {
      const key = `${tenantId}/${deliveryId}`;
      const existing = rows.get(key);
      if (!existing) rows.set(key, row);
      return existing;
    },
    async appendToJournal(tenantId, entries, expires) {
      journal.push({ tenantId, eventIds: entries.map(({ event_id }) => event_id), expires });
    },
    async send(lane, messages) {
      for (const { body, groupId } of messages)
        sent.push({ lane, groupId, pointer: Pointer.parse(JSON.parse(body)) });
      return new Set();
    },
    delivers: (connectorType) => connectorType !== 'connect_only',
    lanes: { webhook: 'https://sqs/webhook', sample: 'https://sqs/sample' },
    deliveryRetentionDays: 30,
    eventRetentionDays: 90,
    now: clock.now,
    log: recorded.log,
    count: recorded.count,
  };
  return {
    ...recorded,
    clock,
    rows,
    sent,
    asked,
    journal,
    dispatch: (entries: readonly OutboxEntry[], changes: Partial<DispatchDeps> = {}) =>
      makeDispatch({ ...deps, ...changes })(entries),
    /** Gives a tenant on the allowlist one more connection. */
    connect(record: ConnectionRecord): ConnectionRecord {
      const before = tenants.get(record.tenant_id)?.connections ?? [];
      tenants.set(record.tenant_id, {
        integrationsEnabled: true,
        connections: [...before, record],
        principals: [],
      });
      return record;
    },
    entries: (tenantId: string, ...keys: readonly string[]) =>
      keys.map((key) => entryOf(envelopeOf(tenantId, key))),
  };
};
