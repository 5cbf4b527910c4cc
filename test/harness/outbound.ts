import { randomUUID } from 'node:crypto';
import { type Envelope, EventInput } from '#contracts/events.ts';
import { scopeOf } from '#contracts/scopes.ts';
import type { ConnectionRecord, PrincipalRecord } from '#functions/connections/record.ts';
import type { DeliveryRow } from '#functions/outbound/deliveries.ts';
import type { OutboxEntry } from '#functions/outbound/outbox.ts';
import { complete } from '#functions/outbound/publish/complete.ts';
import { randomId } from '#functions/platform/ids.ts';
import { companyUpdated } from './events.ts';

/** When the fixtures were made, and where clocks of tests start. */
export const START_MS = Date.UTC(2030, 0, 1, 12);
const START = new Date(START_MS).toISOString();

/** An enabled webhook connection, but for `changes`. */
export const webhookConnection = (changes: Partial<ConnectionRecord> = {}): ConnectionRecord => ({
  connection_id: randomId('con'),
  tenant_id: randomUUID(),
  connector_type: 'webhook',
  scope: 'platform',
  state: 'enabled',
  config: { url: 'https://example.com/hooks' },
  secret_version: 1,
  secret_fields: { signing_secret: { version: 1, created_at: START } },
  health: { status: 'unknown', reasons: [] },
  revision: 1,
  created_at: START,
  updated_at: START,
  ...changes,
});

/** The principal of a connection, but for `changes`. */
export const principalOf = (
  { connection_id, tenant_id, connector_type, ...rest }: ConnectionRecord,
  changes: Partial<PrincipalRecord> = {},
): PrincipalRecord => ({
  connection_id,
  tenant_id,
  connector_type,
  ...scopeOf(rest),
  key_id: randomId('key'),
  grants: [{ action_key: 'events.deliver', granted_at: START, granted_by: 'operator' }],
  created_at: START,
  ...changes,
});

/** The envelope of a company update that a tenant published under `key`. */
export const envelopeOf = (tenantId: string, key: string, data: Record<string, unknown> = {}): Envelope =>
  complete(tenantId, EventInput.parse(companyUpdated(key, data)));

/** What the outbox's stream says of an envelope. */
export const entryOf = (envelope: Envelope, changes: Partial<OutboxEntry> = {}): OutboxEntry => ({
  tenant_id: envelope.tenant_id,
  event_id: envelope.event_id,
  event_type: envelope.event_type,
  non_strict: false,
  occurred_at: envelope.occurred_at,
  received_at: START,
  subject: `${envelope.data.subject.type}:${envelope.data.subject.id}`,
  ...changes,
});

/** A delivery row that waits for its first attempt, but for `changes`. */
export const queuedRow = (changes: Partial<DeliveryRow> = {}): DeliveryRow => ({
  connector: 'webhook',
  type: 'company.updated',
  subject: 'company:cmp_1',
  at: START,
  state: 'queued',
  received: START_MS,
  created: START_MS,
  updated: START_MS,
  spent: 0,
  claims: 0,
  attempts: [],
  ...changes,
});
