import * as z from 'zod';
import { ExternalId } from '../ids.ts';
import { type SubjectRule, subjectOf } from '../subjects.ts';

const SubjectType = z.enum(['company', 'person', 'signal', 'job_ad', 'connection']);

export const Subject = z
  .object({
    type: SubjectType,
    id: ExternalId,
    company_id: ExternalId.optional().meta({ description: 'The company that the subject belongs to.' }),
  })
  .meta({ id: 'Subject', description: 'May be left out when publishing: it follows from the data.' });
export type Subject = z.infer<typeof Subject>;

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
