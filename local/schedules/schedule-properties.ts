import * as z from 'zod';
import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import { parseExpression } from './expression.ts';
import type { Scheduled } from './scheduled.ts';
import { inProperty, isJson, readProperties, targetOf, targetProperties } from './target-properties.ts';

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

// The window is read but not used: a call at its beginning is within it.
const FlexibleTimeWindow = z.discriminatedUnion('Mode', [
  z.strictObject({ Mode: z.literal('OFF') }),
  z.strictObject({ Mode: z.literal('FLEXIBLE'), MaximumWindowInMinutes: z.int().min(1).max(1440) }),
]);

const Target = z
  .strictObject({ ...targetProperties, RoleArn: z.string() })
  .refine(({ Arn, Input }) => Input === undefined || !Arn.startsWith('arn:aws:lambda:') || isJson(Input), {
    path: ['Input'],
    message: 'must be JSON for a function',
  });

// What is not named here is not emulated, and a schedule that ignored it would behave like none on AWS.
const Properties = z
  .strictObject({
    Name: z.string().optional(),
    Description: z.string().optional(),
    GroupName: z.string().default('default'),
    State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
    ScheduleExpression: z.string(),
    ScheduleExpressionTimezone: z.string().default('UTC'),
    StartDate: instant.optional(),
    EndDate: instant.optional(),
    FlexibleTimeWindow,
    Target,
  })
  .refine(({ StartDate, EndDate }) => (StartDate ?? 0) < (EndDate ?? Number.POSITIVE_INFINITY), {
    path: ['EndDate'],
    message: 'must be after StartDate',
  });

/**
 * Reads a resolved AWS::Scheduler::Schedule.
 * @throws TemplateError, which names the resource, for what AWS refuses and for what is not emulated
 */
export const readSchedule = ({ logicalId, arn = '', properties }: ResolvedResource): Scheduled => {
  const read = readProperties(Properties, logicalId, properties);
  const expressionText = read.ScheduleExpression;
  return {
    kind: 'schedule',
    logicalId,
    arn,
    enabled: read.State === 'ENABLED',
    expressionText,
    expression: inProperty(logicalId, 'ScheduleExpression', () =>
      parseExpression(expressionText, 'scheduler', read.ScheduleExpressionTimezone),
    ),
    startMs: read.StartDate,
    endMs: read.EndDate,
    targets: [targetOf(read.Target)],
  };
};
