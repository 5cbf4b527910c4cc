import { fieldErrors, problem } from '#contracts/errors.ts';
import { type Envelope, EventInput } from '#contracts/events.ts';
import { EVENT_BYTES_MAX } from '#contracts/limits.ts';
import type { PublishResult } from '#contracts/publish.ts';
import { mapConcurrently } from '../../platform/concurrency.ts';
import { parseUntrusted } from '../../platform/parse-untrusted.ts';
import type { Outbox } from '../outbox.ts';
import { expiresAtSeconds } from '../retention.ts';
import { complete, contentHash } from './complete.ts';

export interface PublishDeps {
  readonly append: Outbox['append'];
  readonly now: () => number;
  readonly retentionDays: number;
}

const WRITES_AT_ONCE = 25;

const rejected = (...[code, more]: Parameters<typeof problem>): PublishResult => ({
  event_id: null,
  status: 'rejected',
  error: problem(code, more),
});

/** The envelope to keep, or why there is none. */
const check = (tenantId: string, input: unknown): Envelope | PublishResult => {
  const parsed = parseUntrusted(EventInput, input);
  if (!parsed.success) return rejected('event.invalid', { errors: fieldErrors(parsed.error) });
  // Half of a surrogate pair has no UTF-8, so two such keys would be hashed into one id.
  if (!parsed.data.idempotency_key.isWellFormed()) {
    const errors = [{ field: 'idempotency_key', message: 'must be well-formed Unicode' }];
    return rejected('event.invalid', { errors });
  }
  const envelope = complete(tenantId, parsed.data);
  const bytes = Buffer.byteLength(JSON.stringify(envelope));
  if (bytes <= EVENT_BYTES_MAX) return envelope;
  return rejected('event.too_large', { detail: `At most ${EVENT_BYTES_MAX} bytes; it has ${bytes}.` });
};

/**
 * Keeps each valid event in the outbox and answers for each, in order. Events of one request that share an id are
 * written one after the other, so that the first of them is the one that counts.
 */
export const makePublish = (deps: PublishDeps) => {
  const append = async (envelope: Envelope): Promise<PublishResult> => {
    const receivedAtMs = deps.now();
    const expires = expiresAtSeconds(receivedAtMs, deps.retentionDays);
    const event = {
      envelope,
      contentHash: contentHash(envelope),
      receivedAtMs,
      expiresAtSeconds: expires,
    };
    const appended = await deps.append(event);
    return appended === 'conflict'
      ? { event_id: envelope.event_id, status: 'rejected', error: problem('event.conflict') }
      : { event_id: envelope.event_id, status: appended };
  };

  return async (tenantId: string, inputs: readonly unknown[]): Promise<PublishResult[]> => {
    const checked = inputs.map((input) => check(tenantId, input));
    const results: PublishResult[] = checked.map((found) =>
      'status' in found ? found : rejected('service.failed'),
    );
    const valid = checked.flatMap((found, index) => ('status' in found ? [] : [{ envelope: found, index }]));
    const byEvent = [...Map.groupBy(valid, ({ envelope }) => envelope.event_id).values()];
    await mapConcurrently(byEvent, WRITES_AT_ONCE, async (same) => {
      for (const { envelope, index } of same) results[index] = await append(envelope);
    });
    return results;
  };
};
