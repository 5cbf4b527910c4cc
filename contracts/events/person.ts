import * as z from 'zod';
import { ExternalId } from '../ids.ts';
import { subjectRules } from '../subjects.ts';
import { WebUrl } from './company.ts';
import { Subject, subjectMatches } from './subject.ts';

/**
 * Phone numbers, postal addresses and personal e-mail addresses have no field here, and unknown fields are dropped:
 * v1 cannot export them.
 */
export const PersonUpdated = z
  .object({
    subject: Subject.optional(),
    person_id: ExternalId,
    company_id: ExternalId.optional(),
    full_name: z.string().min(1).max(200),
    first_name: z.string().max(100).optional(),
    last_name: z.string().max(100).optional(),
    job_title: z.string().max(200).optional(),
    seniority: z.string().max(60).optional(),
    department: z.string().max(120).optional(),
    work_email: z.email().max(254).optional().meta({ pii: true }),
    linkedin_url: WebUrl.optional(),
  })
  .check(subjectMatches(subjectRules.person));

export const PersonArchived = z
  .object({
    subject: Subject.optional(),
    person_id: ExternalId,
    company_id: ExternalId.optional(),
    reason: z.string().max(500).optional(),
  })
  .check(subjectMatches(subjectRules.person));
