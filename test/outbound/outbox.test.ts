import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Envelope } from '#contracts/events.ts';
import { eventPartition } from '#functions/outbound/keys.ts';
import { makeOutbox, type Outbox, toEntry } from '#functions/outbound/outbox.ts';
import { contentHash } from '#functions/outbound/publish/complete.ts';
import { type Item, type Key, makeTable, type Table } from '#functions/platform/dynamo/table.ts';
import { envelopeOf, START_MS } from '../harness/outbound.ts';
import { startTables, type Tables } from '../harness/tables.ts';

const EXPIRES_SECONDS = START_MS / 1000 + 90 * 86_400;

let tables: Tables;
let table: Table;
let outbox: Outbox;
beforeAll(async () => {
  tables = await startTables();
  table = makeTable(tables.client, 'outbox');
  outbox = makeOutbox(table);
});
afterAll(() => tables.close());

const append = (envelope: Envelope, to: Pick<Outbox, 'append'> = outbox) =>
  to.append({
    envelope,
    contentHash: contentHash(envelope),
    receivedAtMs: START_MS,
    expiresAtSeconds: EXPIRES_SECONDS,
  });

const itemOf = ({ tenant_id, event_id }: Envelope) =>
  table.get({ pk: eventPartition(tenant_id, event_id), sk: 'event' }, { consistent: true });

const freshEnvelope = (key = 'key', data = {}) => envelopeOf(randomUUID(), key, data);

describe('appending an event', () => {
  it('is accepted once, and a duplicate from then on', async () => {
    const envelope = freshEnvelope();
    expect([await append(envelope), await append(envelope)]).toEqual(['accepted', 'duplicate']);
  });

  it('is a conflict with other content under the same id, and the first stays as it is', async () => {
    const envelope = freshEnvelope();
    await append(envelope);
    const other = envelopeOf(envelope.tenant_id, 'key', { name: 'Another name' });
    expect(other.event_id).toBe(envelope.event_id);
    expect(await append(other)).toBe('conflict');
    const found = await outbox.read(envelope.tenant_id, [envelope.event_id]);
    expect(found.get(envelope.event_id)).toEqual(envelope);
  });

  it('lets one of many at once be accepted, and the others know that it was', async () => {
    const envelope = freshEnvelope();
    const results = await Promise.all(Array.from({ length: 20 }, () => append(envelope)));
    expect(results.sort()).toEqual(['accepted', ...Array.from({ length: 19 }, () => 'duplicate')]);
  });

  it('is a conflict when nothing tells what stands there', async () => {
    const silent = makeOutbox({ putIf: async () => ({ written: false }), getMany: async () => [] });
    expect(await append(freshEnvelope(), silent)).toBe('conflict');
  });

  it('keeps the envelope deflated, beside when it may be forgotten', async () => {
    const envelope = freshEnvelope('key', { description: 'x'.repeat(2000) });
    await append(envelope);
    const item = await itemOf(envelope);
    const body = item?.['body'];
    expect(body instanceof Uint8Array && body.byteLength).toBeLessThan(1000);
    expect(item?.['expires']).toBe(EXPIRES_SECONDS);
  });
});

describe('an outbox entry', () => {
  it('says what routing needs to know, read from the item as it stands in the stream', async () => {
    const envelope = freshEnvelope('key');
    await append(envelope);
    expect(toEntry((await itemOf(envelope)) ?? {})).toEqual({
      tenant_id: envelope.tenant_id,
      event_id: envelope.event_id,
      event_type: 'company.updated',
      non_strict: false,
      occurred_at: envelope.occurred_at,
      received_at: new Date(START_MS).toISOString(),
      subject: 'company:cmp_key',
    });
  });

  it.each([
    ['strict', false],
    ['informational', true],
    ['legacy', true],
    [undefined, false],
  ])('of contract mode %s is non-strict: %s', async (contract_mode, expected) => {
    const envelope = freshEnvelope();
    const signal = { ...envelope, data: { ...envelope.data, contract_mode } };
    await append(signal);
    expect(toEntry((await itemOf(signal)) ?? {}).non_strict).toBe(expected);
  });
});

describe('reading events', () => {
  it('gives the envelopes by their ids, without those that are not there', async () => {
    const one = freshEnvelope('one');
    const two = envelopeOf(one.tenant_id, 'two', { name: 'Ünicode 💼' });
    await append(one);
    await append(two);
    const found = await outbox.read(one.tenant_id, [two.event_id, 'evt_gone', one.event_id, two.event_id]);
    expect(found).toEqual(new Map([one, two].map((envelope) => [envelope.event_id, envelope])));
  });

  it('finds nothing under another tenant', async () => {
    const envelope = freshEnvelope();
    await append(envelope);
    expect(await outbox.read(randomUUID(), [envelope.event_id])).toEqual(new Map());
  });

  it('repeats with strong consistency what a read that lags has missed, and only that', async () => {
    const [early, late] = [freshEnvelope('early'), freshEnvelope('late')];
    for (const envelope of [early, late]) await append(envelope);
    const items = new Map<string, Item>();
    for (const envelope of [early, late]) items.set(envelope.event_id, (await itemOf(envelope)) ?? {});
    const reads: [string[], boolean][] = [];
    const lagging = {
      ...table,
      async getMany(keys: readonly Key[], { consistent = false } = {}): Promise<Item[]> {
        const ids = keys.map(({ pk }) => pk.split('#').at(-1) ?? '');
        reads.push([ids, consistent]);
        return ids.filter((id) => consistent || id !== late.event_id).map((id) => items.get(id) ?? {});
      },
    };
    const wanted = [early.event_id, late.event_id];
    const found = await makeOutbox(lagging).read('tenant', wanted);
    expect([...found.keys()].sort()).toEqual([...wanted].sort());
    expect(reads).toEqual([
      [wanted, false],
      [[late.event_id], true],
    ]);
  });
});
