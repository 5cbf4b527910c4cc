import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { EventType } from '#contracts/event-types.ts';
import type { Envelope } from '#contracts/events.ts';
import { type InnerScope, innerScope } from '#contracts/scopes.ts';
import { subjectOf, subjectRuleOf } from '#contracts/subjects.ts';
import type { Item, Table } from '../platform/dynamo/table.ts';
import { eventPartition } from './keys.ts';

/** What routing needs to know of an event, without its data. */
export interface OutboxEntry {
  readonly tenant_id: string;
  readonly event_id: string;
  readonly event_type: EventType;
  /** Present only on signals that inform and are not Actionable Signals. */
  readonly non_strict: boolean;
  readonly occurred_at: string;
  readonly received_at: string;
  /** `type:id` of what the event is about; its version is `occurred_at`, then the event's id. */
  readonly subject: string;
  /** The occasion or event that it names, if it names one. */
  readonly scope?: InnerScope;
}

/** What became of writing an event: an earlier one under the same key either says the same or conflicts. */
export type Appended = 'accepted' | 'duplicate' | 'conflict';

const SORT_KEY = 'event';

/** What `innerScope` made a name of. */
const scopeNamed = (name: InnerScope): Pick<Envelope, 'scope' | 'scope_id'> => {
  const [scope, scope_id] = name.split('#') as [NonNullable<Envelope['scope']>, string];
  return { scope, scope_id };
};

const isNonStrict = ({ data }: Envelope) => (data['contract_mode'] ?? 'strict') !== 'strict';

export interface NewEvent {
  readonly envelope: Envelope;
  /** SHA-256 of what makes the event this one and no other. */
  readonly contentHash: Uint8Array;
  readonly receivedAtMs: number;
  readonly expiresAtSeconds: number;
}

/** What an item's other attributes do not say of the envelope. */
interface Body {
  readonly idempotency_key: string;
  /** Absent when it is the event's own id. */
  readonly correlation_id?: string;
  /** Without the subject, which follows from it. */
  readonly data: Readonly<Record<string, unknown>>;
}

const toBody = ({ event_id, idempotency_key, correlation_id, data }: Envelope): Body => {
  const { subject: _, ...rest } = data;
  return { idempotency_key, ...(correlation_id === event_id ? {} : { correlation_id }), data: rest };
};

/** An event as an item. Nothing stands twice, and the rest is deflated: a 1 KB event then costs one write unit. */
const toItem = ({ envelope, contentHash, receivedAtMs, expiresAtSeconds }: NewEvent) => ({
  pk: eventPartition(envelope.tenant_id, envelope.event_id),
  sk: SORT_KEY,
  type: envelope.event_type,
  at: envelope.occurred_at,
  received: receivedAtMs,
  subject: `${envelope.data.subject.type}:${envelope.data.subject.id}`,
  non_strict: isNonStrict(envelope) ? true : undefined,
  scope: innerScope(envelope),
  hash: contentHash,
  body: deflateRawSync(JSON.stringify(toBody(envelope))),
  expires: expiresAtSeconds,
});

/** Reads an outbox item without inflating the envelope. */
export const toEntry = (item: Item): OutboxEntry => {
  const [, tenantId = '', , eventId = ''] = String(item['pk']).split('#');
  return {
    tenant_id: tenantId,
    event_id: eventId,
    event_type: item['type'] as EventType,
    non_strict: item['non_strict'] === true,
    occurred_at: String(item['at']),
    received_at: new Date(Number(item['received'])).toISOString(),
    subject: String(item['subject']),
    ...(item['scope'] === undefined ? {} : { scope: item['scope'] as InnerScope }),
  };
};

// The outbox holds only bodies that `toBody` made of a validated envelope.
const bodyOf = (item: Item): Body => JSON.parse(inflateRawSync(item['body'] as Uint8Array).toString('utf8'));

const toEnvelope = (item: Item): Envelope => {
  const { tenant_id, event_id, event_type, occurred_at, scope } = toEntry(item);
  const { idempotency_key, correlation_id = event_id, data } = bodyOf(item);
  const subject = subjectOf(subjectRuleOf(event_type), data);
  return {
    event_id,
    event_type,
    schema_version: 'v1',
    occurred_at,
    tenant_id,
    idempotency_key,
    correlation_id,
    ...(scope === undefined ? {} : scopeNamed(scope)),
    data: { ...data, subject },
  };
};

const sameBytes = (a: unknown, b: Uint8Array) => a instanceof Uint8Array && Buffer.compare(a, b) === 0;

/** The events of all tenants: immutable, each under its derived id. */
export const makeOutbox = (table: Pick<Table, 'putIf' | 'getMany'>) => ({
  /** Writes the event once. One write unit per started KB. */
  async append(event: NewEvent): Promise<Appended> {
    const result = await table.putIf(toItem(event), 'attribute_not_exists(pk)');
    if (result.written) return 'accepted';
    return sameBytes(result.existing?.['hash'], event.contentHash) ? 'duplicate' : 'conflict';
  },

  /** The envelopes by event id. A read that has not caught up yet is repeated with strong consistency. */
  async read(tenantId: string, eventIds: readonly string[]): Promise<Map<string, Envelope>> {
    const keyOf = (eventId: string) => ({ pk: eventPartition(tenantId, eventId), sk: SORT_KEY });
    const wanted = [...new Set(eventIds)];
    const items = await table.getMany(wanted.map(keyOf));
    const found = new Map(items.map(toEnvelope).map((envelope) => [envelope.event_id, envelope]));
    const missing = wanted.filter((eventId) => !found.has(eventId));
    const late = missing.length > 0 ? await table.getMany(missing.map(keyOf), { consistent: true }) : [];
    for (const envelope of late.map(toEnvelope)) found.set(envelope.event_id, envelope);
    return found;
  },
});

export type Outbox = ReturnType<typeof makeOutbox>;
