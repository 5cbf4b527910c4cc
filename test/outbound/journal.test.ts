import { describe, expect, it } from 'vitest';
import { makeJournal } from '#functions/outbound/journal.ts';
import type { OutboxEntry } from '#functions/outbound/outbox.ts';
import type { Item } from '#functions/platform/dynamo/table.ts';
import { entryOf, envelopeOf } from '../harness/outbound.ts';

const TENANT = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
const EXPIRES_SECONDS = 2_000_000_000;

const at = (received_at: string, key: string, changes: Partial<OutboxEntry> = {}) =>
  entryOf(envelopeOf(TENANT, key), { received_at, ...changes });

/** The pages that these appends leave, by key: what is written twice stands there once. */
const pagesOf = async (...appends: readonly (readonly OutboxEntry[])[]) => {
  const pages = new Map<string, Item>();
  const journal = makeJournal({ put: async (item) => void pages.set(`${item.pk} ${item.sk}`, item) });
  for (const entries of appends) await journal.append(TENANT, entries, EXPIRES_SECONDS);
  return [...pages.values()];
};

const one = at('2030-01-01T10:15:00.000Z', 'one');
const two = at('2030-01-01T10:05:00.000Z', 'two', { event_type: 'job_ad.closed' });
const three = at('2030-01-01T10:20:00.000Z', 'three');
const later = at('2030-01-01T11:00:00.000Z', 'later');

describe('the journal', () => {
  it('keeps one page per hour with the events’ ids by type, and when it may be forgotten', async () => {
    expect(await pagesOf([one, two, three])).toEqual([
      {
        pk: `T#${TENANT}#J#2030-01-01T10`,
        sk: expect.stringMatching(/^2030-01-01T10:05:00\.000Z#[\w-]{16}$/),
        events: { 'company.updated': [one.event_id, three.event_id], 'job_ad.closed': [two.event_id] },
        expires: EXPIRES_SECONDS,
      },
    ]);
  });

  it('puts the events of each hour on a page of that hour', async () => {
    const pages = await pagesOf([one, later]);
    expect(pages.map(({ pk, events }) => [pk, events])).toEqual([
      [`T#${TENANT}#J#2030-01-01T10`, { 'company.updated': [one.event_id] }],
      [`T#${TENANT}#J#2030-01-01T11`, { 'company.updated': [later.event_id] }],
    ]);
  });

  it('writes a batch that is dispatched again over itself', async () => {
    expect(await pagesOf([one, later], [one, later])).toEqual(await pagesOf([one, later]));
  });

  it('never writes a batch over another one', async () => {
    expect(await pagesOf([one, two], [one], [two], [three])).toHaveLength(4);
  });

  it('writes nothing for nothing', async () => {
    expect(await pagesOf([])).toEqual([]);
  });
});
