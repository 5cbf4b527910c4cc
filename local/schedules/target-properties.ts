import * as z from 'zod';
import { TemplateError } from '../cloudformation/template.ts';
import type { RetryPolicy } from './scheduled.ts';

/** What targets of schedules and rules have in common. Both services retry 185 times in a day if not told otherwise. */
export const targetProperties = {
  Arn: z.string().regex(/^arn:aws:(?:lambda|sqs):/, 'only functions and queues are supported as targets'),
  Input: z.string().optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.int().min(0).max(185).default(185),
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).default(86_400),
    })
    .prefault({}),
  DeadLetterConfig: z.strictObject({ Arn: z.string().startsWith('arn:aws:sqs:').optional() }).optional(),
  // EventBridge takes a group for standard queues too; the Scheduler documents one for FIFO queues, which are not emulated.
  SqsParameters: z.strictObject({ MessageGroupId: z.string().min(1).max(128).optional() }).optional(),
};

interface TargetProperties {
  readonly Arn: string;
  readonly Input?: string | undefined;
  readonly RetryPolicy: { readonly MaximumRetryAttempts: number; readonly MaximumEventAgeInSeconds: number };
  readonly DeadLetterConfig?: { readonly Arn?: string | undefined } | undefined;
  readonly SqsParameters?: { readonly MessageGroupId?: string | undefined } | undefined;
}

export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const retryOf = ({ RetryPolicy }: TargetProperties): RetryPolicy => ({
  retryAttemptsMax: RetryPolicy.MaximumRetryAttempts,
  eventAgeMaxMs: RetryPolicy.MaximumEventAgeInSeconds * 1000,
});

/** One target of a schedule or a rule, in our words. */
export const targetOf = (target: TargetProperties) => ({
  arn: target.Arn,
  input: target.Input,
  messageGroupId: target.SqsParameters?.MessageGroupId,
  retry: retryOf(target),
  deadLetterArn: target.DeadLetterConfig?.Arn,
});

/** What `read` returns; what it throws becomes a TemplateError that names the resource and the property. */
export const inProperty = <T>(logicalId: string, property: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new TemplateError(`${logicalId}.Properties.${property}`, problem);
  }
};

/** The properties as `schema` has them. Throws TemplateError for a value that AWS refuses or that is not emulated. */
export const readProperties = <T>(schema: z.ZodType<T>, logicalId: string, properties: unknown): T => {
  const { data, error } = schema.safeParse(properties);
  if (error) throw new TemplateError(`${logicalId}.Properties`, z.prettifyError(error));
  return data;
};
