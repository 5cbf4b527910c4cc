import * as z from 'zod';
import { ExternalId } from '../ids.ts';
import { subjectRules } from '../subjects.ts';
import { WebUrl } from './company.ts';
import { Argument, isTechnologyTag, TechnologyTags } from './decorations.ts';
import { Subject, subjectMatches } from './subject.ts';

/** `strict` signals are Actionable Signals. The other two inform, and a tenant can turn their export off. */
const ContractMode = z.enum(['strict', 'informational', 'legacy']);

const Evidence = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job_ad'), job_ad_id: ExternalId }),
  z.object({ type: z.literal('link'), url: WebUrl, title: z.string().max(300).optional() }),
]);

const SignalData = z.object({
  subject: Subject.optional(),
  signal_id: ExternalId,
  company_id: ExternalId,
  person_id: ExternalId.optional(),
  signal_type: z.string().regex(/^[a-z][a-z0-9_.]{0,79}$/, 'must be a lower-case word'),
  contract_mode: ContractMode.default('strict'),
  contract_version: z
    .string()
    .min(1)
    .max(40)
    .optional()
    .meta({ description: 'Required unless the mode is strict.' }),
  title: z.string().min(1).max(300),
  summary: z.string().max(4000).optional(),
  reasons: z.array(Argument).max(20).optional(),
  eligibility_gates: z.array(Argument).max(20).optional(),
  evidence: z.array(Evidence).max(50).optional(),
  technology_tags: TechnologyTags,
});

type ContractMetadata = Pick<z.infer<typeof SignalData>, 'contract_mode' | 'contract_version'>;

const carriesContractVersion = (context: z.core.ParsePayload<ContractMetadata>) => {
  const { contract_mode, contract_version } = context.value;
  if (contract_mode === 'strict' || contract_version !== undefined) return;
  const message = 'is required for a signal that is not strict';
  context.issues.push({ code: 'custom', path: ['contract_version'], message, input: context.value });
};

const tagsOnlyDecorate = (context: z.core.ParsePayload<z.infer<typeof SignalData>>) => {
  for (const field of ['reasons', 'eligibility_gates'] as const) {
    context.value[field]?.forEach((argument, index) => {
      if (!isTechnologyTag(argument, context.value.technology_tags)) return;
      const message = 'a technology tag is a decoration, never a reason or a gate';
      context.issues.push({ code: 'custom', path: [field, index], message, input: context.value });
    });
  }
};

export const SignalPublished = SignalData.check(
  subjectMatches(subjectRules.signal),
  carriesContractVersion,
  tagsOnlyDecorate,
);

export const SignalRetracted = z
  .object({
    subject: Subject.optional(),
    signal_id: ExternalId,
    company_id: ExternalId,
    contract_mode: ContractMode.default('strict'),
    contract_version: z.string().min(1).max(40).optional(),
    reason: z.string().max(500).optional(),
  })
  .check(subjectMatches(subjectRules.signal), carriesContractVersion);
