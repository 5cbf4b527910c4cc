import * as z from 'zod';
import { ExternalId } from '../ids.ts';

export const SubjectType = z.enum(['company', 'person', 'signal', 'job_ad', 'connection']);

/** What an event is about. It follows from the data alone, so two publishers of one fact name one subject. */
export const Subject = z
  .object({
    type: SubjectType,
    id: ExternalId,
    company_id: ExternalId.optional().meta({ description: 'The company that the subject belongs to.' }),
  })
  .meta({ id: 'Subject', description: 'May be left out when publishing: it follows from the data.' });
export type Subject = z.infer<typeof Subject>;

/** Which fields of a family's data make its subject. */
export interface SubjectRule {
  readonly type: Subject['type'];
  readonly idField: string;
}

/** The subject of `data` under `rule`. */
export const subjectOf = (rule: SubjectRule, data: Readonly<Record<string, unknown>>): Subject => {
  const companyId = data['company_id'];
  return {
    type: rule.type,
    id: String(data[rule.idField]),
    ...(rule.type !== 'company' && typeof companyId === 'string' ? { company_id: companyId } : {}),
  };
};

/** A check for zod: a subject that was sent must be the one that the data say. */
export const subjectMatches =
  (rule: SubjectRule) => (context: z.core.ParsePayload<Record<string, unknown>>) => {
    const sent = context.value['subject'] as Subject | undefined;
    if (sent === undefined) return;
    const expected = subjectOf(rule, context.value);
    for (const field of ['type', 'id', 'company_id'] as const) {
      if (sent[field] === undefined && field === 'company_id') continue;
      if (sent[field] === expected[field]) continue;
      context.issues.push({
        code: 'custom',
        path: ['subject', field],
        message: `must be what the data say (${rule.idField} of a ${rule.type})`,
        input: context.value,
      });
    }
  };
