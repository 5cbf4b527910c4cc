import * as z from 'zod';

/** A template that cannot be resolved. `path` names the place in the template, such as `Queue.Properties.QueueName`. */
export class TemplateError extends Error {
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.name = 'TemplateError';
    this.path = path;
  }
}

const ParameterDeclaration = z.object({
  Type: z.string(),
  Default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  AllowedValues: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  AllowedPattern: z.string().optional(),
  MinLength: z.coerce.number().optional(),
  MaxLength: z.coerce.number().optional(),
  MinValue: z.coerce.number().optional(),
  MaxValue: z.coerce.number().optional(),
});
export type ParameterDeclaration = z.infer<typeof ParameterDeclaration>;

const ResourceDeclaration = z.object({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
export type ResourceDeclaration = z.infer<typeof ResourceDeclaration>;

const OutputDeclaration = z.object({ Value: z.unknown(), Condition: z.string().optional() });

const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions';

const Template = z.object({
  // Any other macro rewrites the template on AWS's side, so what stands here is not what would be deployed.
  Transform: z.union([z.literal(LANGUAGE_EXTENSIONS), z.tuple([z.literal(LANGUAGE_EXTENSIONS)])]).optional(),
  Parameters: z.record(z.string(), ParameterDeclaration).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), ResourceDeclaration),
  Outputs: z.record(z.string(), OutputDeclaration).default({}),
});
export type Template = z.infer<typeof Template>;

/** Reads a parsed template document. Throws TemplateError at the first part whose shape CloudFormation would refuse. */
export const readTemplate = (document: unknown): Template => {
  const parsed = Template.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TemplateError(issue?.path.join('.') || 'template', issue?.message ?? 'is not a template');
};
