import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventInput } from '../../contracts/events.ts';
import { EVENT_BYTES_MAX } from '../../contracts/limits.ts';
import type { PublishResult } from '../../contracts/publish.ts';
import { eventIdOf } from '../../functions/outbound/keys.ts';
import { complete } from '../../functions/outbound/publish/complete.ts';
import { exampleEvents } from '../example-events.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Api, startApi, type Tenant } from './start-api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const anyTenant = (): Tenant => {
  const tenantId = randomUUID();
  return { tenantId, headers: { 'x-tenant-id': tenantId } };
};
const read = ({ headers }: Tenant, eventId: string) => api.call('GET', `/events/${eventId}`, { headers });
const outcomes = (results: PublishResult[]) =>
  results.map(({ status, error }) => (error ? `${status} ${error.code}` : status));

/** A signal whose envelope for the tenant has exactly so many bytes. */
const signalOf = (tenantId: string, key: string, bytes: number) => {
  const padded = (padding: number) => ({
    event_type: 'signal.published',
    schema_version: 'v1',
    occurred_at: '2026-11-20T08:30:00.000Z',
    idempotency_key: key,
    data: {
      signal_id: `sig_${key}`,
      company_id: 'cmp_1',
      signal_type: 'hiring',
      title: 'Hiring',
      reasons: Array.from({ length: 20 }, () => ({ kind: 'why', text: '€'.repeat(500) })),
      eligibility_gates: Array.from({ length: 20 }, () => ({ kind: 'who', text: '€'.repeat(500) })),
      evidence: Array.from({ length: 50 }, (_, index) => ({
        type: 'link',
        url: `https://example.com/${'x'.repeat(Math.min(2000, Math.max(0, padding - index * 2000)))}`,
      })),
    },
  });
  const sizeOf = (event: object) =>
    Buffer.byteLength(JSON.stringify(complete(tenantId, EventInput.parse(event))));
  return padded(bytes - sizeOf(padded(0)));
};

describe('202', () => {
  it('answers for 100 events in their order, each under the id that follows from tenant and key', async () => {
    const tenant = anyTenant();
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
    const { status, json } = await api.publish(tenant.headers, ...keys.map((key) => companyUpdated(key)));
    expect(status).toBe(202);
    expect(json.results).toEqual(
      keys.map((key) => ({ event_id: eventIdOf(tenant.tenantId, key), status: 'accepted' })),
    );
  });

  it('accepts every sample event', async () => {
    const { headers } = anyTenant();
    const samples = exampleEvents() as object[];
    for (let from = 0; from < samples.length; from += 100) {
      const { json } = await api.publish(headers, ...samples.slice(from, from + 100));
      expect(outcomes(json.results).filter((outcome) => outcome !== 'accepted')).toEqual([]);
    }
  });

  it('keeps an event as its contract has it: unknown fields are dropped, times are in UTC', async () => {
    const tenant = anyTenant();
    const event = {
      ...companyUpdated('kept', { shoe_size: 46 }),
      occurred_at: '2026-11-20T10:30:00+02:00',
      tenant_id: randomUUID(),
      event_id: 'evt_of_somebody',
    };
    const { json } = await api.publish(tenant.headers, event);
    const eventId = json.results[0].event_id;
    const { name, domain, company_id } = event.data as Record<string, unknown>;
    expect((await read(tenant, eventId)).json.event).toEqual({
      event_id: eventId,
      event_type: 'company.updated',
      schema_version: 'v1',
      occurred_at: '2026-11-20T08:30:00.000Z',
      tenant_id: tenant.tenantId,
      idempotency_key: 'kept',
      correlation_id: eventId,
      data: { company_id, name, domain, subject: { type: 'company', id: company_id } },
    });
  });

  it('takes the tenant in capitals for the same tenant', async () => {
    const { tenantId, headers } = anyTenant();
    const first = await api.publish({ 'x-tenant-id': tenantId.toUpperCase() }, companyUpdated('capitals'));
    const again = await api.publish(headers, companyUpdated('capitals'));
    expect(again.json.results).toEqual([{ ...first.json.results[0], status: 'duplicate' }]);
  });

  it('keeps the keys of two tenants apart', async () => {
    const [one, other] = [anyTenant(), anyTenant()];
    const answers = await Promise.all(
      [one, other].map((tenant) => api.publish(tenant.headers, companyUpdated('k'))),
    );
    const results = answers.map(({ json }) => json.results[0]);
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
    expect(results[0].event_id).not.toBe(results[1].event_id);
  });
});

describe('202 for a duplicate', () => {
  const variants: [string, (event: ReturnType<typeof companyUpdated>) => object][] = [
    ['itself', (event) => event],
    ['another correlation id', (event) => ({ ...event, correlation_id: 'another' })],
    ['an unknown field', (event) => ({ ...event, data: { ...event.data, shoe_size: 46 }, sent_at: 'now' })],
    ['its fields in another order', ({ data, ...frame }) => ({ data, ...frame })],
    ['the same time at another offset', (event) => ({ ...event, occurred_at: '2026-11-20T09:30:00+01:00' })],
    [
      'the subject that it has anyway',
      (event) => ({
        ...event,
        data: { ...event.data, subject: { type: 'company', id: event.data.company_id } },
      }),
    ],
  ];
  it.each(variants)(
    'answers a retry with the first event_id, told apart by nothing or by %s',
    async (_, change) => {
      const { headers } = anyTenant();
      const first = await api.publish(headers, companyUpdated('again'));
      const retry = await api.publish(headers, change(companyUpdated('again')));
      expect(retry.status).toBe(202);
      expect(retry.json.results).toEqual([{ event_id: first.json.results[0].event_id, status: 'duplicate' }]);
    },
  );

  it('accepts one of many at a time', async () => {
    const { headers } = anyTenant();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => api.publish(headers, companyUpdated('race'), companyUpdated('race'))),
    );
    const results = answers.flatMap(({ json }) => outcomes(json.results));
    expect(results.toSorted()).toEqual(['accepted', ...Array(23).fill('duplicate')]);
    expect(
      new Set(answers.flatMap(({ json }) => json.results.map(({ event_id }: PublishResult) => event_id)))
        .size,
    ).toBe(1);
  });

  it('lets the first of one request count', async () => {
    const tenant = anyTenant();
    const [first, other] = [companyUpdated('twice'), companyUpdated('twice', { name: 'Other' })];
    const { status, json } = await api.publish(tenant.headers, first, first, other);
    expect(status).toBe(202);
    expect(outcomes(json.results)).toEqual(['accepted', 'duplicate', 'rejected event.conflict']);
    const kept = await read(tenant, json.results[0].event_id);
    expect(kept.json.event.data.name).toBe('Example Industries');
  });
});

describe('409', () => {
  it.each([
    ['data', { data: companyUpdated('k', { name: 'Other' }).data }],
    ['time', { occurred_at: '2026-11-20T08:30:00.001Z' }],
    ['type', { event_type: 'company.archived' }],
  ])('is for nothing but conflicts: the same key with another %s', async (_, change) => {
    const tenant = anyTenant();
    const first = await api.publish(tenant.headers, companyUpdated('k'));
    const eventId = first.json.results[0].event_id;
    const before = (await read(tenant, eventId)).json.event;
    const { status, json } = await api.publish(tenant.headers, { ...companyUpdated('k'), ...change });
    expect([status, json.code]).toEqual([409, 'event.conflict']);
    expect(json.results).toMatchObject([
      { event_id: eventId, status: 'rejected', error: { code: 'event.conflict', status: 409 } },
    ]);
    expect((await read(tenant, eventId)).json.event).toEqual(before);
  });

  it.each([
    ['accepted', companyUpdated('neighbour')],
    ['duplicate', companyUpdated('kept')],
    ['rejected event.invalid', {}],
  ])('is 202 as soon as a neighbour is %s', async (outcome, neighbour) => {
    const { headers } = anyTenant();
    await api.publish(headers, companyUpdated('kept'));
    const conflict = companyUpdated('kept', { name: 'Other' });
    const { status, json } = await api.publish(headers, conflict, neighbour);
    expect([status, ...outcomes(json.results)]).toEqual([202, 'rejected event.conflict', outcome]);
  });
});

describe('a rejected event', () => {
  const without = (name: string) => ({ ...companyUpdated('bad'), [name]: undefined });
  const bad: [string, unknown][] = [
    ['event_type', without('event_type')],
    ['event_type', { ...companyUpdated('bad'), event_type: 'integration.sync_completed' }],
    ['event_type', { ...companyUpdated('bad'), event_type: '__proto__' }],
    ['schema_version', { ...companyUpdated('bad'), schema_version: 'v2' }],
    ['occurred_at', { ...companyUpdated('bad'), occurred_at: 'yesterday' }],
    ['occurred_at', { ...companyUpdated('bad'), occurred_at: '2026-02-30T00:00:00Z' }],
    ['idempotency_key', without('idempotency_key')],
    ['idempotency_key', { ...companyUpdated('bad'), idempotency_key: '' }],
    ['idempotency_key', { ...companyUpdated('bad'), idempotency_key: 'k'.repeat(257) }],
    ['idempotency_key', { ...companyUpdated('bad'), idempotency_key: 'half \ud83d' }],
    ['data', without('data')],
    ['data.name', companyUpdated('bad', { name: undefined })],
    ['data.website_url', companyUpdated('bad', { website_url: 'https://me:word@example.com' })],
    ['data.technology_tags.1', companyUpdated('bad', { technology_tags: ['one', 2] })],
    ['data.subject.id', companyUpdated('bad', { subject: { type: 'company', id: 'cmp_other' } })],
    ['', null],
    ['', 'text'],
    ['', []],
  ];
  it.each(bad)(
    'stands at its index with the field %s, and its neighbours are accepted',
    async (field, event) => {
      const tenant = anyTenant();
      const neighbours = [companyUpdated('before'), companyUpdated('after')];
      const { status, json } = await api.publish(
        tenant.headers,
        ...[neighbours[0], event, neighbours[1]].map((each) => JSON.stringify(each)),
      );
      expect(status).toBe(202);
      expect(outcomes(json.results)).toEqual(['accepted', 'rejected event.invalid', 'accepted']);
      expect(json.results[1]).toMatchObject({ event_id: null, error: { status: 422 } });
      expect(json.results[1].error.errors.map((error: { field: string }) => error.field)).toContain(field);
      expect((await read(tenant, eventIdOf(tenant.tenantId, 'bad'))).status).toBe(404);
    },
  );

  it('is not told what it had sent, only what was expected', async () => {
    const { headers } = anyTenant();
    const sent = { work_email: 'not-an-address-of-anyone', full_name: 17 };
    const event = { ...companyUpdated('mail'), event_type: 'person.updated', data: sent };
    const { text } = await api.publish(headers, event);
    expect(text).toContain('data.work_email');
    expect(text).not.toContain(sent.work_email);
  });

  it('is event.too_large from one byte over 128 KiB, and its neighbour is accepted', async () => {
    const tenant = anyTenant();
    const largest = signalOf(tenant.tenantId, 'largest', EVENT_BYTES_MAX);
    const tooLarge = signalOf(tenant.tenantId, 'too-large', EVENT_BYTES_MAX + 1);
    const { status, json } = await api.publish(tenant.headers, largest, tooLarge);
    expect([status, ...outcomes(json.results)]).toEqual([202, 'accepted', 'rejected event.too_large']);
    expect(json.results[1]).toMatchObject({ event_id: null, error: { status: 413 } });
    expect((await read(tenant, json.results[0].event_id)).json.event.data.evidence).toEqual(
      largest.data.evidence,
    );
    expect((await read(tenant, eventIdOf(tenant.tenantId, 'too-large'))).status).toBe(404);
  });
});

describe('422', () => {
  it.each([
    ['an object without events', '{}', 'events'],
    ['a list', '[]', ''],
    ['null', 'null', ''],
    ['a text', '"events"', ''],
    ['events that are no list', '{"events":{"length":1}}', 'events'],
    ['no event', '{"events":[]}', 'events'],
    [
      '101 events',
      JSON.stringify({ events: Array.from({ length: 101 }, (_, i) => companyUpdated(`${i}`)) }),
      'events',
    ],
  ])('is for %s, with the field, and nothing is kept', async (_, body, field) => {
    const tenant = anyTenant();
    const { status, json } = await api.call('POST', '/events', { headers: tenant.headers, body });
    expect([status, json.code]).toEqual([422, 'request.invalid']);
    expect(json.errors).toMatchObject([{ field }]);
    expect((await read(tenant, eventIdOf(tenant.tenantId, '0'))).status).toBe(404);
  });
});
