import * as z from 'zod';
import { EventType, type operationalTypes, type PublishableType } from './event-types.ts';
import { CompanyArchived, CompanyUpdated } from './events/company.ts';
import { JobAdClosed, JobAdPublished } from './events/job-ad.ts';
import {
  BookmarkCreated,
  ConnectionDegraded,
  DeliveryQuarantined,
  SyncCompleted,
} from './events/operational.ts';
import { PersonArchived, PersonUpdated } from './events/person.ts';
import { SignalPublished, SignalRetracted } from './events/signal.ts';
import { Subject } from './events/subject.ts';
import { EventId, TenantId, Timestamp } from './ids.ts';
import { ConnectionScope, ScopeId, scopeRule } from './scopes.ts';
import { type SubjectRule, subjectRules } from './subjects.ts';

interface EventContract {
  readonly data: z.ZodType<Record<string, unknown>>;
  readonly subject: SubjectRule;
}

/** Data schema and subject of each event type of v1 that a tenant's product may publish. */
export const publishable = {
  'company.updated': { data: CompanyUpdated, subject: subjectRules.company },
  'company.archived': { data: CompanyArchived, subject: subjectRules.company },
  'person.updated': { data: PersonUpdated, subject: subjectRules.person },
  'person.archived': { data: PersonArchived, subject: subjectRules.person },
  'signal.published': { data: SignalPublished, subject: subjectRules.signal },
  'signal.retracted': { data: SignalRetracted, subject: subjectRules.signal },
  'job_ad.published': { data: JobAdPublished, subject: subjectRules.job_ad },
  'job_ad.closed': { data: JobAdClosed, subject: subjectRules.job_ad },
} as const satisfies Record<PublishableType, EventContract>;

/** The same of what Crossdock says about itself. */
export const operational = {
  'integration.sync_completed': { data: SyncCompleted, subject: subjectRules.integration },
  'integration.connection_degraded': { data: ConnectionDegraded, subject: subjectRules.integration },
  'integration.delivery_quarantined': { data: DeliveryQuarantined, subject: subjectRules.integration },
  'integration.bookmark_created': { data: BookmarkCreated, subject: subjectRules.integration },
} as const satisfies Record<(typeof operationalTypes)[number], EventContract>;

const IdempotencyKey = z
  .string()
  .min(1)
  .max(256)
  .meta({ description: 'Stable for one fact: the same key with other content is a conflict.' });

const envelopeInput = {
  schema_version: z
    .literal('v1')
    .meta({ description: 'The major version; within it changes are additive only.' }),
  occurred_at: Timestamp,
  idempotency_key: IdempotencyKey,
  correlation_id: z.string().min(1).max(128).optional(),
  scope: ConnectionScope.optional().meta({
    description:
      'Names an occasion or event, whose connections then receive it beside those of the platform.',
  }),
  scope_id: ScopeId.optional(),
};

const inputOf = <T extends PublishableType>(type: T) =>
  z
    .object({
      event_type: z.literal(type),
      ...envelopeInput,
      // TypeScript widens an access by a type parameter to the union of all families.
      data: publishable[type].data as (typeof publishable)[T]['data'],
    })
    .check(scopeRule);

/** One event as it is published. Unknown fields are dropped, never refused. */
export const EventInput = z
  .discriminatedUnion('event_type', [
    inputOf('company.updated'),
    inputOf('company.archived'),
    inputOf('person.updated'),
    inputOf('person.archived'),
    inputOf('signal.published'),
    inputOf('signal.retracted'),
    inputOf('job_ad.published'),
    inputOf('job_ad.closed'),
  ])
  .meta({ id: 'EventInput' });
export type EventInput = z.infer<typeof EventInput>;

/** The canonical envelope: what is kept in the outbox and what a destination receives. */
export const Envelope = z
  .object({
    event_id: EventId,
    event_type: EventType,
    schema_version: z.literal('v1'),
    occurred_at: Timestamp,
    tenant_id: TenantId,
    idempotency_key: IdempotencyKey,
    correlation_id: z.string(),
    scope: ConnectionScope.exclude(['platform']).optional(),
    scope_id: ScopeId.optional(),
    data: z.looseObject({ subject: Subject }),
  })
  .meta({ id: 'Envelope', description: 'Consumers ignore fields and event types that they do not know.' });
export type Envelope = z.infer<typeof Envelope>;
