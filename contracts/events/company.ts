import * as z from 'zod';
import { ExternalId } from '../ids.ts';
import { subjectRules } from '../subjects.ts';
import { TechnologyTags } from './decorations.ts';
import { Subject, subjectMatches } from './subject.ts';

const DOMAIN = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]$/;

const Domain = z
  .string()
  .max(253)
  .regex(DOMAIN, 'must be a domain name')
  .transform((value) => value.toLowerCase());

/** An http or https URL without a user name or password, which would travel on with the event. */
export const WebUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .regex(/^https?:\/\/[^/?#@]+(?:[/?#]|$)/, 'must be an http or https URL without credentials');

export const CompanyUpdated = z
  .object({
    subject: Subject.optional(),
    company_id: ExternalId,
    name: z.string().min(1).max(300),
    domain: Domain.optional(),
    website_url: WebUrl.optional(),
    linkedin_url: WebUrl.optional(),
    industry: z.string().max(120).optional(),
    employee_count: z.int().min(0).optional(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code')
      .optional(),
    city: z.string().max(120).optional(),
    description: z.string().max(2000).optional(),
    technology_tags: TechnologyTags,
  })
  .check(subjectMatches(subjectRules.company));

export const CompanyArchived = z
  .object({ subject: Subject.optional(), company_id: ExternalId, reason: z.string().max(500).optional() })
  .check(subjectMatches(subjectRules.company));
