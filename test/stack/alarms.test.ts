import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, functions, mappings, ofType, referred, resourceAt } from './template.ts';

const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
const headings = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, heading = '']) => heading);

const alarms = ofType('AWS::CloudWatch::Alarm');
const headingOf = ({ properties }: (typeof alarms)[number]) => {
  const anchor = /: see docs\/runbook\.md#([a-z]+)$/.exec(properties.AlarmDescription)?.[1];
  return headings.find((heading) => heading.toLowerCase() === anchor);
};

/** The ids of what alarms watch by `metric`. */
const watched = (metric: string) =>
  alarms
    .filter(({ properties }) => properties.MetricName === metric)
    .flatMap(({ properties }) =>
      properties.Dimensions.map(({ Value }: { Value: unknown }) => referred(Value)),
    );

describe('alarms', () => {
  it('ring on the one topic', () => {
    expect(alarms).not.toEqual([]);
    for (const { properties } of alarms) {
      expect(properties.AlarmActions).toHaveLength(1);
      expect(resourceAt(properties.AlarmActions[0]).type).toBe('AWS::SNS::Topic');
    }
  });

  it('name a heading of the runbook, and every heading has its alarm', () => {
    expect(alarms.filter((alarm) => headingOf(alarm) === undefined)).toEqual([]);
    expect(new Set(alarms.map(headingOf))).toEqual(new Set(headings));
  });

  it('stay calm while there is nothing to measure', () => {
    for (const { properties } of alarms) expect(properties.TreatMissingData).toBe('notBreaching');
  });

  it('watch every quarantine for its first message and every lane for its oldest', () => {
    const lanes = ofType('AWS::SQS::Queue').filter(({ properties }) => properties.RedrivePolicy);
    for (const { id, properties } of lanes) {
      expect(watched('ApproximateAgeOfOldestMessage')).toContain(id);
      const quarantine = referred(properties.RedrivePolicy.deadLetterTargetArn);
      expect(watched('ApproximateNumberOfMessagesVisible')).toContain(quarantine);
    }
  });

  it('watch every function that nobody waits for, and how far a stream is behind', () => {
    const answering = ofType('AWS::Lambda::Permission')
      .filter(({ properties }) => properties.Principal === 'apigateway.amazonaws.com')
      .map(({ properties }) => referred(properties.FunctionName));
    const alone = functions.filter(({ id }) => !answering.includes(id));
    expect(alone.map(folderOf)).toEqual(
      expect.arrayContaining(['connections/rewrap', 'outbound/deliver', 'outbound/dispatch']),
    );
    for (const { id } of alone) expect(watched('Errors')).toContain(id);
    for (const { source, target } of mappings)
      if (source.type === 'AWS::DynamoDB::Table') expect(watched('IteratorAge')).toContain(target.id);
  });

  it('watch the API for failures of ours', () => {
    expect(watched('5xx')).toEqual([ofType('AWS::ApiGatewayV2::Api')[0]?.id]);
  });
});
