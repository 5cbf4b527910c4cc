import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { type PublishableType, publishableTypes } from '../contracts/event-types.ts';
import { EventInput, publishable } from '../contracts/events.ts';
import { subjectOf } from '../contracts/subjects.ts';
import { eventsIn, exampleEvents, exampleFiles } from './example-events.ts';

const sent = exampleEvents();
const events = sent.map((event) => EventInput.parse(event));

type DataOf<T extends PublishableType> = z.infer<(typeof publishable)[T]['data']>;

/** The data of all sample events of one type; parsing has made sure that type and data belong together. */
const dataOf = <T extends PublishableType>(type: T) =>
  events.flatMap(({ event_type, data }) => (event_type === type ? [data as DataOf<T>] : []));

interface Leaf {
  readonly path: string;
  readonly text: string;
}

/** Every text in a JSON value, with the dotted path to it. */
const texts = (value: unknown, path = ''): Leaf[] => {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, path === '' ? key : `${path}.${key}`));
};
const leaves = sent.flatMap((event) => texts(event));

const subjects = new Set(
  events.map(({ event_type, data }) => {
    const { type, id } = subjectOf(publishable[event_type].subject, data);
    return `${type} ${id}`;
  }),
);
const adsBehind = (data: object) =>
  publishable['signal.published'].data
    .parse(data)
    .evidence?.flatMap((item) => (item.type === 'job_ad' ? [`job_ad ${item.job_ad_id}`] : [])) ?? [];
const missing = (type: string, ids: (string | undefined)[]) =>
  ids.filter((id) => id !== undefined && !subjects.has(`${type} ${id}`));

describe('the sample events', () => {
  it.each(exampleFiles())('in %s fit their contracts', (file) => {
    const refused = eventsIn(file).flatMap((event) => EventInput.safeParse(event).error?.issues ?? []);
    expect(refused).toEqual([]);
  });

  it('lose nothing when they are parsed, so none holds a field that v1 does not know', () => {
    const names = (value: unknown) => texts(value).map(({ path }) => path);
    for (const [index, event] of events.entries()) {
      expect(names(event)).toEqual(expect.arrayContaining(names(sent[index])));
    }
  });

  it('are at least 240, of every publishable type, from at least 60 companies', () => {
    expect(events.length).toBeGreaterThanOrEqual(240);
    expect(new Set(events.map(({ event_type }) => event_type))).toEqual(new Set(publishableTypes));
    expect(new Set(dataOf('company.updated').map(({ domain }) => domain)).size).toBeGreaterThanOrEqual(60);
    const modes = new Set(dataOf('signal.published').map(({ contract_mode }) => contract_mode));
    expect(modes).toEqual(new Set(['strict', 'informational', 'legacy']));
  });

  it('have an idempotency key each', () => {
    const keys = events.map(({ idempotency_key }) => idempotency_key);
    expect(keys).toHaveLength(new Set(keys).size);
  });

  it('are smaller than 1.5 KB', () => {
    const sizes = sent.map((event) => Buffer.byteLength(JSON.stringify(event)));
    expect(Math.max(...sizes)).toBeLessThan(1536);
  });
});

describe('the sample people', () => {
  it('have e-mail addresses at .example domains alone, and no address stands anywhere else', () => {
    const addresses = leaves.filter(({ text }) => /@\w/.test(text));
    expect(addresses.length).toBeGreaterThan(50);
    expect(addresses.filter(({ text }) => !/^[a-z.-]+@[a-z0-9-]+\.example$/.test(text))).toEqual([]);
    expect(addresses.filter(({ path }) => path !== 'data.work_email')).toEqual([]);
  });

  it('have no telephone number, by name or by look', () => {
    const byName = leaves.filter(({ path }) => /phone|mobile|tel$|fax/i.test(path));
    const byLook = leaves.filter(({ text }) => /(?:\+|\b00)\d[\d ()/-]{6,}|\(\d{2,}\) ?\d/.test(text));
    expect([...byName, ...byLook.filter(({ path }) => path !== 'occurred_at')]).toEqual([]);
  });
});

describe('what the sample events refer to', () => {
  it('is there: every company, person, signal and job ad', () => {
    const referred = events.map(({ data }) => ('company_id' in data ? data.company_id : undefined));
    const updated = new Set(dataOf('company.updated').map(({ company_id }) => company_id));
    expect(referred.filter((id) => id !== undefined && !updated.has(id))).toEqual([]);
    expect(
      missing(
        'person',
        dataOf('signal.published').map(({ person_id }) => person_id),
      ),
    ).toEqual([]);
  });

  it('is there for evidence too, and belongs to the company of the signal', () => {
    const ads = new Map(dataOf('job_ad.published').map((ad) => [ad.job_ad_id, ad.company_id]));
    const evidence = dataOf('signal.published').flatMap(({ company_id, evidence = [] }) =>
      evidence.map((item) => ({ company_id, ...item })),
    );
    const ofAds = evidence.filter((item) => item.type === 'job_ad');
    expect(ofAds.length).toBeGreaterThan(40);
    expect(ofAds.filter((item) => ads.get(item.job_ad_id) !== item.company_id)).toEqual([]);
    const hosts = evidence.flatMap((item) => (item.type === 'link' ? [new URL(item.url).hostname] : []));
    expect(hosts.filter((host) => !/(\.example|(^|\.)example\.com)$/.test(host))).toEqual([]);
  });

  it('was said before: nothing is archived, retracted, closed or referred to before it was published', () => {
    const known = new Set<string>();
    for (const event of events.toSorted((a, b) => (a.occurred_at < b.occurred_at ? -1 : 1))) {
      const { type, id } = subjectOf(publishable[event.event_type].subject, event.data);
      if (/\.(updated|published)$/.test(event.event_type)) known.add(`${type} ${id}`);
      const needed = [`${type} ${id}`, `company ${event.data.company_id}`];
      if (event.event_type === 'signal.published') needed.push(...adsBehind(event.data));
      expect(
        needed.filter((subject) => !known.has(subject)),
        event.idempotency_key,
      ).toEqual([]);
    }
  });

  it('lies in October and November 2026', () => {
    expect(events.filter(({ occurred_at }) => !/^2026-1[01]-/.test(occurred_at))).toEqual([]);
  });
});
