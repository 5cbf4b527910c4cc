import * as z from 'zod';

/** What a tenant's product may publish. */
export const publishableTypes = [
  'company.updated',
  'company.archived',
  'person.updated',
  'person.archived',
  'signal.published',
  'signal.retracted',
  'job_ad.published',
  'job_ad.closed',
] as const;
export type PublishableType = (typeof publishableTypes)[number];

/** What Crossdock says about itself; nobody outside can publish these. */
export const operationalTypes = [
  'integration.sync_completed',
  'integration.connection_degraded',
  'integration.delivery_quarantined',
  'integration.bookmark_created',
] as const;

export const EventType = z.enum([...publishableTypes, ...operationalTypes]);
export type EventType = z.infer<typeof EventType>;
