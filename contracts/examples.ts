import type { PublishableType } from './event-types.ts';

const data: Readonly<Record<PublishableType, Readonly<Record<string, unknown>>>> = {
  'company.updated': {
    company_id: 'cmp_1',
    name: 'Example Industries',
    domain: 'example.com',
    industry: 'Machinery',
    employee_count: 1200,
    country: 'DE',
    technology_tags: ['PostgreSQL'],
  },
  'company.archived': { company_id: 'cmp_1', reason: 'merged' },
  'person.updated': {
    person_id: 'per_1',
    company_id: 'cmp_1',
    full_name: 'Ada Example',
    job_title: 'Head of Purchasing',
    work_email: 'ada@company.example',
  },
  'person.archived': { person_id: 'per_1', company_id: 'cmp_1' },
  'signal.published': {
    signal_id: 'sig_1',
    company_id: 'cmp_1',
    signal_type: 'hiring_surge',
    title: 'Twelve new positions in purchasing within a month',
    reasons: [{ kind: 'job_ads', text: 'Twelve ads since October' }],
    evidence: [{ type: 'job_ad', job_ad_id: 'job_1' }],
  },
  'signal.retracted': { signal_id: 'sig_1', company_id: 'cmp_1', reason: 'the ads were duplicates' },
  'job_ad.published': {
    job_ad_id: 'job_1',
    company_id: 'cmp_1',
    title: 'Strategic Buyer',
    url: 'https://jobs.example.com/strategic-buyer',
    location: 'Munich',
  },
  'job_ad.closed': { job_ad_id: 'job_1', company_id: 'cmp_1' },
};

/** One publish request per event type, as the OpenAPI document shows it. */
export const publishExamples = Object.fromEntries(
  Object.entries(data).map(([type, fields]) => [
    type,
    {
      value: {
        events: [
          {
            event_type: type,
            schema_version: 'v1',
            occurred_at: '2026-11-20T08:30:00.000Z',
            idempotency_key: `${type}:example-1`,
            data: fields,
          },
        ],
      },
    },
  ]),
);
