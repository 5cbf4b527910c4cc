import { createHash } from 'node:crypto';
import type { Envelope, EventInput } from '#contracts/events.ts';
import { innerScope } from '#contracts/scopes.ts';
import { subjectOf, subjectRuleOf } from '#contracts/subjects.ts';
import { eventIdOf } from '../keys.ts';

/** An event that names the platform says what one without a scope says. */
const scopeFieldsOf = ({ scope, scope_id }: EventInput): Pick<Envelope, 'scope' | 'scope_id'> =>
  scope === undefined || scope === 'platform' ? {} : { scope, scope_id };

/** The canonical envelope of a published event: id from tenant and key, subject from the data. */
export const complete = (tenantId: string, input: EventInput): Envelope => {
  const eventId = eventIdOf(tenantId, input.idempotency_key);
  // One that was sent says the same, but stands first: the hash would take it for other content.
  const { subject: _, ...data } = input.data;
  return {
    event_id: eventId,
    event_type: input.event_type,
    schema_version: input.schema_version,
    occurred_at: input.occurred_at,
    tenant_id: tenantId,
    idempotency_key: input.idempotency_key,
    correlation_id: input.correlation_id ?? eventId,
    ...scopeFieldsOf(input),
    data: { ...data, subject: subjectOf(subjectRuleOf(input.event_type), input.data) },
  };
};

/**
 * Hash of what the idempotency key stands for. The correlation id is left out: a publisher's retry may carry a new
 * one. Parsing has put the fields into the contract's order, so equal contents give equal texts.
 */
export const contentHash = (envelope: Envelope): Uint8Array => {
  const { event_type, schema_version, occurred_at, data } = envelope;
  const scope = innerScope(envelope);
  const named = scope === undefined ? [] : [scope];
  return createHash('sha256')
    .update(JSON.stringify([event_type, schema_version, occurred_at, data, ...named]))
    .digest();
};
