import * as z from 'zod';
import { ExternalId, Timestamp } from '../ids.ts';
import { subjectRules } from '../subjects.ts';
import { WebUrl } from './company.ts';
import { TechnologyTags } from './decorations.ts';
import { Subject, subjectMatches } from './subject.ts';

/** A job ad is evidence, a reference with a link. It is never a signal. */
export const JobAdPublished = z
  .object({
    subject: Subject.optional(),
    job_ad_id: ExternalId,
    company_id: ExternalId,
    title: z.string().min(1).max(300),
    url: WebUrl,
    location: z.string().max(200).optional(),
    posted_at: Timestamp.optional(),
    technology_tags: TechnologyTags,
  })
  .check(subjectMatches(subjectRules.job_ad));

export const JobAdClosed = z
  .object({
    subject: Subject.optional(),
    job_ad_id: ExternalId,
    company_id: ExternalId,
    closed_at: Timestamp.optional(),
  })
  .check(subjectMatches(subjectRules.job_ad));
