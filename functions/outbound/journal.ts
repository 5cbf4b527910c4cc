import { createHash } from 'node:crypto';
import type { Table } from '../platform/dynamo/table.ts';
import type { OutboxEntry } from './outbox.ts';

const HOUR_CHARACTERS = 'YYYY-MM-DDTHH'.length;

const hourOf = (entry: OutboxEntry) => entry.received_at.slice(0, HOUR_CHARACTERS);

/** The same events make the same page, so a batch that is dispatched again writes over itself. */
const pageName = (entries: readonly OutboxEntry[]) => {
  const hash = createHash('sha256');
  for (const { event_id } of entries) hash.update(event_id);
  const [first = ''] = entries.map(({ received_at }) => received_at).sort();
  return `${first}#${hash.digest('base64url').slice(0, 16)}`;
};

const idsByType = (entries: readonly OutboxEntry[]) =>
  Object.fromEntries(
    [...Map.groupBy(entries, ({ event_type }) => event_type)].map(([type, of]) => [
      type,
      of.map((e) => e.event_id),
    ]),
  );

/**
 * Finds events by time. Each dispatched batch leaves one page per tenant and hour with the ids of its events, which
 * costs a write unit per 30 events or so, where an index on the outbox would cost one for each event.
 */
export const makeJournal = (table: Pick<Table, 'put'>) => ({
  async append(tenantId: string, entries: readonly OutboxEntry[], expiresAtSeconds: number): Promise<void> {
    for (const [hour, page] of Map.groupBy(entries, hourOf)) {
      const key = { pk: `T#${tenantId}#J#${hour}`, sk: pageName(page) };
      await table.put({ ...key, events: idsByType(page), expires: expiresAtSeconds });
    }
  },
});

export type Journal = ReturnType<typeof makeJournal>;
