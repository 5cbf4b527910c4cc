import type { EventType } from './event-types.ts';

/** What an event is about. */
export interface SubjectName {
  readonly type: 'company' | 'person' | 'signal' | 'job_ad' | 'connection';
  readonly id: string;
  /** The company that the subject belongs to. */
  readonly company_id?: string | undefined;
}

/** Which field of a family's data names its subject. */
export interface SubjectRule {
  readonly type: SubjectName['type'];
  readonly idField: string;
}

export const subjectRules = {
  company: { type: 'company', idField: 'company_id' },
  person: { type: 'person', idField: 'person_id' },
  signal: { type: 'signal', idField: 'signal_id' },
  job_ad: { type: 'job_ad', idField: 'job_ad_id' },
  integration: { type: 'connection', idField: 'connection_id' },
} as const satisfies Record<string, SubjectRule>;

// An event type is its family's name, a dot, and what happened.
type Family<T extends EventType> = T extends `${infer Name}.${string}` ? Name : never;

/** The rule of an event type's family. */
export const subjectRuleOf = (eventType: EventType): SubjectRule =>
  subjectRules[eventType.slice(0, eventType.indexOf('.')) as Family<EventType>];

/** The subject of `data` under `rule`. It follows from the data alone, so two publishers of one fact name one subject. */
export const subjectOf = (rule: SubjectRule, data: Readonly<Record<string, unknown>>): SubjectName => {
  const companyId = data['company_id'];
  return {
    type: rule.type,
    id: String(data[rule.idField]),
    ...(rule.type !== 'company' && typeof companyId === 'string' ? { company_id: companyId } : {}),
  };
};
