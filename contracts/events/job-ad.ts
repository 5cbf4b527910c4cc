import * as z from 'zod';
import { ExternalId, Timestamp } from '../ids.ts';
import { WebUrl } from './company.ts';
import { TechnologyTags } from './decorations.ts';
import { Subject, type SubjectRule, subjectMatches } from './subject.ts';

export const jobAdSubject: SubjectRule = { type: 'job_ad', idField: 'job_ad_id' };

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
  .check(subjectMatches(jobAdSubject));

export const JobAdClosed = z
  .object({
    subject: Subject.optional(),
    job_ad_id: ExternalId,
    company_id: ExternalId,
    closed_at: Timestamp.optional(),
  })
  .check(subjectMatches(jobAdSubject));
