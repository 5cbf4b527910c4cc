import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishResult } from '../../contracts/publish.ts';
import { companyUpdated } from '../harness/events.ts';
import { type Api, startApi, type Tenant } from './start-api.ts';

let api: Api;
let tenant: Tenant;
beforeAll(async () => {
  api = await startApi();
  tenant = await api.newTenant();
});
afterAll(() => api.stop());

/** The JSON of an event in which `json` stands where its name would. */
const named = (key: string, json: string) =>
  JSON.stringify(companyUpdated(key, { name: 'NAME' })).replace('"NAME"', () => json);

const publishOne = async (json: string) => {
  const { json: body } = await api.publish(tenant.headers, json);
  return body.results[0];
};

const kept = async (eventId: string) =>
  (await api.call('GET', `/events/${eventId}`, { headers: tenant.headers })).json.event;

const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number) => `${'{"data":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('JSON that is valid and unkind', () => {
  it.each([
    ['lists', lists(10_000)],
    ['objects', objects(10_000)],
    ['lists by the hundred thousand', lists(500_000)],
  ])('in 10 000 levels of %s is rejected where it matters and ignored where it does not', async (_, deep) => {
    expect(await publishOne(deep)).toMatchObject({ status: 'rejected' });
    expect(await publishOne(named('deep', deep))).toMatchObject({ status: 'rejected' });
    const ignored = named(`ignored-${deep.length}`, `"Name","unknown":${deep}`);
    expect(await publishOne(ignored)).toMatchObject({ status: 'accepted' });
    const whole = await api.call('POST', '/events', { headers: tenant.headers, body: deep });
    expect([whole.status, whole.json.code]).toEqual([422, 'request.invalid']);
  });

  it('with names of the prototype drops them like any unknown field', async () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'toJSON'];
    const unknown = names.map((name) => `,"${name}":{"polluted":true,"name":"Polluted"}`).join('');
    const { status, event_id } = await publishOne(named('prototype', `"Name"${unknown}`));
    expect(status).toBe('accepted');
    const { subject: _, ...data } = (await kept(event_id)).data;
    expect(data).toEqual({ company_id: 'cmp_prototype', name: 'Name', domain: 'example.com' });
    expect((await api.call('GET', '/health')).json).not.toHaveProperty('polluted');
  });

  it('cannot make a prototype of what it lacks', async () => {
    const event = `{"__proto__":${JSON.stringify(companyUpdated('inherited'))}}`;
    expect(await publishOne(event)).toMatchObject({ status: 'rejected', error: { code: 'event.invalid' } });
    const body = `{"__proto__":{"events":[${event}]}}`;
    expect((await api.call('POST', '/events', { headers: tenant.headers, body })).status).toBe(422);
  });

  it.each(['1e999', '-1e999', '1e-999', '123456789012345678901234567890', '0.5', '-1', '-0.5', '1e308'])(
    'with the number %s is accepted as a count that can be kept or rejected',
    async (number) => {
      const { status, event_id } = await publishOne(named(`n${number}`, `"Name","employee_count":${number}`));
      if (status === 'accepted') expect((await kept(event_id)).data.employee_count).toBe(Number(number));
      else expect(status).toBe('rejected');
    },
  );

  it('with a name twice means the last one, as every JSON parser here has it', async () => {
    const { event_id } = await publishOne(named('last', '"First","name":"Last"'));
    expect((await kept(event_id)).data.name).toBe('Last');
  });

  it.each([
    ['emoji', '👩🏽‍💻 Grüße 日本語'],
    ['right to left and combining', 'שלום e\u0301 \u202e'],
    ['control characters', 'a\u0000b\u001fc\u007f'],
    ['line separators', 'a\u2028b\u2029c\ufeffd'],
    ['half a surrogate pair', 'a\ud83dz'],
    ['the two halves the wrong way round', '\udca9\ud83d'],
  ])('with %s gives back the same text', async (what, name) => {
    const { status, event_id } = await publishOne(
      JSON.stringify(companyUpdated(what.replaceAll(' ', '-'), { name })),
    );
    expect(status).toBe('accepted');
    expect((await kept(event_id)).data.name).toBe(name);
  });

  it('cannot make two keys into one by halves of surrogate pairs, which have no bytes of their own', async () => {
    const results = await Promise.all(
      ['\\ud800', '\\udfff'].map((half) => publishOne(named('KEY', '"Name"').replace('"KEY"', `"${half}"`))),
    );
    expect(results.map(({ status, error }) => [status, error?.errors])).toEqual(
      Array(2).fill(['rejected', [{ field: 'idempotency_key', message: 'must be well-formed Unicode' }]]),
    );
  });

  it('in 100 events with all that can be wrong still fits an answer', async () => {
    const tags = Array.from({ length: 50 }, () => ({}));
    const event = JSON.stringify(companyUpdated('', { technology_tags: tags, name: 7, city: 7, country: 7 }));
    const { status, json } = await api.publish(tenant.headers, ...Array.from({ length: 100 }, () => event));
    expect(status).toBe(202);
    expect(json.results.filter(({ error }: PublishResult) => error?.errors?.length !== 50)).toEqual([]);
  });

  it.each([
    '{"toString":1}',
    '[{"valueOf":1,"toString":""}]',
    lists(20_000),
    '"text"',
    '-1',
    'null',
    '1e999',
  ])('with the length %s instead of a text or a list is rejected alone', async (length) => {
    const strange = named('strange', `{"length":${length}}`);
    const { status, json } = await api.publish(
      tenant.headers,
      strange,
      companyUpdated(`beside-${length.length}`),
    );
    expect([status, json.results[0].error.code]).toEqual([202, 'event.invalid']);
    expect(json.results[1].status).not.toBe('rejected');
    const whole = `{"events":{"length":${length}}}`;
    expect((await api.call('POST', '/events', { headers: tenant.headers, body: whole })).status).toBe(422);
  });

  it('never shows in a log', async () => {
    const mark = 'mark-that-no-log-may-have';
    await publishOne(JSON.stringify(companyUpdated(mark, { name: mark })));
    await publishOne(JSON.stringify(companyUpdated(mark, { name: mark, city: 7, [mark]: mark })));
    await api.call('POST', '/events', { headers: tenant.headers, body: `{"${mark}"` });
    expect(api.logs.length).toBeGreaterThan(0);
    expect(api.logs.filter((line) => line.includes(mark))).toEqual([]);
  });
});
