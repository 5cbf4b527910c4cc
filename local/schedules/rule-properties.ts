import * as z from 'zod';
import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import { parseExpression } from './expression.ts';
import type { Scheduled } from './scheduled.ts';
import { inProperty, isJson, readProperties, targetOf, targetProperties } from './target-properties.ts';

const TARGETS_MAX = 5;

const Target = z.strictObject({
  ...targetProperties,
  Id: z.string(),
  Input: z.string().refine(isJson, 'must be JSON').optional(),
});

// Rules that match events need a bus, which is not emulated.
const Properties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventBusName: z.literal('default').optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Tags: z.unknown().optional(),
  ScheduleExpression: z.string(),
  Targets: z.array(Target).max(TARGETS_MAX).default([]),
});

/**
 * Reads a resolved AWS::Events::Rule that has a schedule.
 * @throws TemplateError, which names the resource, for what AWS refuses and for what is not emulated
 */
export const readRule = ({ logicalId, arn = '', properties }: ResolvedResource): Scheduled => {
  const read = readProperties(Properties, logicalId, properties);
  const expressionText = read.ScheduleExpression;
  return {
    kind: 'rule',
    logicalId,
    arn,
    enabled: read.State === 'ENABLED',
    expressionText,
    expression: inProperty(logicalId, 'ScheduleExpression', () => parseExpression(expressionText, 'rule')),
    targets: read.Targets.map(targetOf),
  };
};
