import { createHash, randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Envelope } from '#contracts/events.ts';
import { EVENT_BYTES_MAX } from '#contracts/limits.ts';
import { eventIdOf } from '#functions/outbound/keys.ts';
import { makeOutbox, type NewEvent, type Outbox } from '#functions/outbound/outbox.ts';
import { contentHash } from '#functions/outbound/publish/complete.ts';
import { makePublish } from '#functions/outbound/publish/publish.ts';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import { exampleEvents } from '../../example-events.ts';
import { companyUpdated } from '../../harness/events.ts';
import { START_MS } from '../../harness/outbound.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

const RETENTION_DAYS = 90;

let tables: Tables;
let outbox: Outbox;
let publish: ReturnType<typeof makePublish>;
beforeAll(async () => {
  tables = await startTables();
  outbox = makeOutbox(makeTable(tables.client, 'outbox'));
  publish = publishTo(outbox.append);
});
afterAll(() => tables.close());

const publishTo = (append: Outbox['append']) =>
  makePublish({ append, now: () => START_MS, retentionDays: RETENTION_DAYS });

const keptOf = async (tenantId: string, key: string) => {
  const eventId = eventIdOf(tenantId, key);
  return (await outbox.read(tenantId, [eventId])).get(eventId);
};

const bigSignal = (links: number) => ({
  ...companyUpdated('big'),
  event_type: 'signal.published',
  data: {
    signal_id: 'sig_1',
    company_id: 'cmp_1',
    signal_type: 'hiring',
    title: 'Hiring',
    evidence: Array.from({ length: links }, () => ({
      type: 'link',
      url: `https://example.com/${'x'.repeat(2000)}`,
      title: '漢'.repeat(300),
    })),
  },
});

describe('publishing', () => {
  it('answers for each event, in the order of the request', async () => {
    const tenantId = randomUUID();
    await publish(tenantId, [companyUpdated('known')]);
    const request = [
      companyUpdated('new'),
      { nonsense: true },
      companyUpdated('known'),
      companyUpdated('known', { name: 'Another name' }),
      null,
    ];
    expect(await publish(tenantId, request)).toMatchObject([
      { status: 'accepted', event_id: eventIdOf(tenantId, 'new') },
      { status: 'rejected', event_id: null, error: { code: 'event.invalid' } },
      { status: 'duplicate', event_id: eventIdOf(tenantId, 'known') },
      { status: 'rejected', event_id: eventIdOf(tenantId, 'known'), error: { code: 'event.conflict' } },
      { status: 'rejected', event_id: null, error: { code: 'event.invalid' } },
    ]);
  });

  it('any list twice gives duplicates with the ids of the first time, in order', async () => {
    const event = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      name: fc.constant('Example'),
    });
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.array(event, { maxLength: 10 }), async (tenantId, list) => {
        const request = list.map(({ key, name }) => companyUpdated(key, { name }));
        const first = await publish(tenantId, request);
        const second = await publish(tenantId, request);
        const ids = list.map(({ key }) => eventIdOf(tenantId, key));
        expect(first.map(({ event_id }) => event_id)).toEqual(ids);
        expect(first.filter(({ status }) => status === 'accepted')).toHaveLength(new Set(ids).size);
        expect(second).toEqual(ids.map((event_id) => ({ event_id, status: 'duplicate' })));
      }),
      { numRuns: 20 },
    );
  });

  it('keeps the first of several under one key of a request, whatever the number between them', async () => {
    const tenantId = randomUUID();
    const others = Array.from({ length: 40 }, (_, index) => companyUpdated(`other-${index}`));
    const same = (name: string) => companyUpdated('same', { name });
    const results = await publish(tenantId, [same('First'), ...others, same('Second'), same('First')]);
    expect(results.filter((_, index) => [0, 41, 42].includes(index))).toMatchObject([
      { status: 'accepted' },
      { status: 'rejected', error: { code: 'event.conflict' } },
      { status: 'duplicate' },
    ]);
    expect(await keptOf(tenantId, 'same')).toMatchObject({ data: { name: 'First' } });
  });

  it('accepts every example event', async () => {
    const results = await publish(randomUUID(), exampleEvents());
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  it('keeps tenants apart: one key is another event for each', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const ids = [
      ...(await publish(one, [companyUpdated('key')])),
      ...(await publish(other, [companyUpdated('key')])),
    ];
    expect(ids.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
    expect(new Set(ids.map(({ event_id }) => event_id)).size).toBe(2);
  });
});

describe('a published event', () => {
  it('is completed: id and tenant, subject from the data, its own id as correlation', async () => {
    const tenantId = randomUUID();
    const event = companyUpdated('key');
    await publish(tenantId, [event]);
    const eventId = eventIdOf(tenantId, 'key');
    expect(await keptOf(tenantId, 'key')).toEqual({
      ...event,
      event_id: eventId,
      tenant_id: tenantId,
      correlation_id: eventId,
      data: { ...event.data, subject: { type: 'company', id: 'cmp_key' } },
    });
  });

  it('keeps the correlation id that it came with, which is no part of its content', async () => {
    const tenantId = randomUUID();
    const event = companyUpdated('key');
    const [first] = await publish(tenantId, [{ ...event, correlation_id: 'one' }]);
    const again = await publish(tenantId, [{ ...event, correlation_id: 'two' }, event]);
    const duplicate = { event_id: first?.event_id, status: 'duplicate' };
    expect([first?.status, ...again]).toEqual(['accepted', duplicate, duplicate]);
    expect(await keptOf(tenantId, 'key')).toMatchObject({ correlation_id: 'one' });
  });

  it('is the same with its subject sent or left out, with fields in another order, and with unknown ones', async () => {
    const tenantId = randomUUID();
    const { data, ...event } = companyUpdated('key');
    await publish(tenantId, [{ ...event, data }]);
    const subject = { type: 'company', id: 'cmp_key' };
    const again = await publish(tenantId, [
      { ...event, data: { ...data, subject } },
      { data: Object.fromEntries(Object.entries(data).reverse()), ...event },
      { ...event, extra: 1, data: { ...data, phone: '+49' } },
      { ...event, occurred_at: '2026-11-20T09:30:00+01:00', data },
    ]);
    expect(again.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'duplicate'));
  });

  it.each([
    ['another type', { event_type: 'company.archived' }],
    ['another time', { occurred_at: '2026-11-20T08:30:00.001Z' }],
  ])('is a conflict with %s under the same key', async (_name, change) => {
    const tenantId = randomUUID();
    await publish(tenantId, [companyUpdated('key')]);
    const [result] = await publish(tenantId, [{ ...companyUpdated('key'), ...change }]);
    expect(result).toMatchObject({ status: 'rejected', error: { code: 'event.conflict' } });
  });

  it('names its occasion or event in the envelope and in what routing reads, which is part of its content', async () => {
    const tenantId = randomUUID();
    const scope = { scope: 'occasion', scope_id: 'summer-fair' };
    const statuses = async (...events: object[]) =>
      (await publish(tenantId, events)).map(({ status }) => status);
    const event = companyUpdated('scoped');
    expect(await statuses({ ...event, ...scope })).toEqual(['accepted']);
    expect(await keptOf(tenantId, 'scoped')).toMatchObject(scope);
    expect(await statuses({ ...event, ...scope }, event, { ...event, ...scope, scope_id: 'other' })).toEqual([
      'duplicate',
      'rejected',
      'rejected',
    ]);
    expect(await statuses({ ...event, ...scope, scope: 'event' })).toEqual(['rejected']);
  });

  it('that names no scope, or the platform, is the event that it was before there were scopes', async () => {
    const tenantId = randomUUID();
    const event = companyUpdated('plain');
    const results = await publish(tenantId, [event, { ...event, scope: 'platform' }]);
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'duplicate']);
    const kept = await keptOf(tenantId, 'plain');
    expect(kept).not.toHaveProperty('scope');
    const { event_type, schema_version, occurred_at, data } = kept as Envelope;
    const hash = createHash('sha256').update(JSON.stringify([event_type, schema_version, occurred_at, data]));
    expect(Buffer.from(contentHash(kept as Envelope))).toEqual(hash.digest());
  });

  it('may be forgotten after the days that it is kept', async () => {
    const seen: NewEvent[] = [];
    const append: Outbox['append'] = async (event) => {
      seen.push(event);
      return 'accepted';
    };
    await publishTo(append)(randomUUID(), [companyUpdated('key')]);
    const expiresAtSeconds = START_MS / 1000 + RETENTION_DAYS * 86_400;
    expect(seen).toMatchObject([{ receivedAtMs: START_MS, expiresAtSeconds }]);
  });
});

describe('an event is rejected', () => {
  it('that does not fit its contract, by the names of the fields and without their values', async () => {
    const event = companyUpdated('key', {
      name: '',
      domain: 'not a domain canary',
      subject: { type: 'person', id: 'canary' },
    });
    const [result] = await publish(randomUUID(), [event]);
    expect(result?.error?.errors?.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['data.name', 'data.domain']),
    );
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  it('that is larger than the limit in bytes, and its neighbour is kept', async () => {
    const tenantId = randomUUID();
    const results = await publish(tenantId, [bigSignal(50), companyUpdated('small')]);
    expect(results).toMatchObject([
      { status: 'rejected', event_id: null, error: { code: 'event.too_large', status: 413 } },
      { status: 'accepted' },
    ]);
    expect(results[0]?.error?.detail).toContain(String(EVENT_BYTES_MAX));
    expect(await keptOf(tenantId, 'big')).toBeUndefined();
  });

  it.each<readonly [object, string]>([
    [{ scope: 'occasion' }, 'scope_id'],
    [{ scope_id: 'A' }, 'scope_id'],
    [{ scope: 'platform', scope_id: 'A' }, 'scope_id'],
    [{ scope: 'galaxy', scope_id: 'A' }, 'scope'],
    ...['', '-a', 'a#b', 'a~', 'a/b', 'ä', 'x'.repeat(101)].map(
      (scope_id) => [{ scope: 'occasion', scope_id }, 'scope_id'] as const,
    ),
  ])('that names a scope which is none: %j', async (scope, field) => {
    const [result] = await publish(randomUUID(), [{ ...companyUpdated('bad'), ...scope }]);
    expect(result).toMatchObject({
      status: 'rejected',
      error: { code: 'event.invalid', errors: [{ field }] },
    });
  });

  it('whose key is no well-formed text', async () => {
    const [result] = await publish(randomUUID(), [{ ...companyUpdated('key'), idempotency_key: '\ud800' }]);
    expect(result).toMatchObject({
      error: { code: 'event.invalid', errors: [{ field: 'idempotency_key' }] },
    });
  });
});

describe('a request whose events cannot be written', () => {
  it('fails as a whole, and succeeds when it is sent again', async () => {
    const tenantId = randomUUID();
    let writes = 0;
    const failingSecond: Outbox['append'] = (event) => {
      writes += 1;
      return writes === 2 ? Promise.reject(new Error('down')) : outbox.append(event);
    };
    const request = ['a', 'b', 'c'].map((key) => companyUpdated(key));
    await expect(publishTo(failingSecond)(tenantId, request)).rejects.toThrow('down');
    const again = await publish(tenantId, request);
    expect(again.map(({ status }) => status)).not.toContain('rejected');
  });
});
