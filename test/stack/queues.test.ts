import { describe, expect, it } from 'vitest';
import { idsOf, mappings, ofType, referred, resourceAt } from './template.ts';

const queues = ofType('AWS::SQS::Queue');
const working = queues.filter(({ properties }) => properties.RedrivePolicy !== undefined);
const deadLetterQueueOf = ({ properties }: (typeof queues)[number]) =>
  resourceAt(properties.RedrivePolicy.deadLetterTargetArn);
const quarantines = [...new Set(working.map(deadLetterQueueOf))];

describe('queues', () => {
  it('have a quarantine each, unless they are one', () => {
    expect(working).not.toEqual([]);
    expect(idsOf(queues).toSorted()).toEqual(idsOf([...working, ...quarantines]).toSorted());
    expect(quarantines).toHaveLength(working.length);
  });

  it('keep messages for less time than their quarantine does', () => {
    const retention = ({ properties }: (typeof queues)[number]): number => properties.MessageRetentionPeriod;
    for (const queue of working) expect(retention(queue)).toBeLessThan(retention(deadLetterQueueOf(queue)));
  });

  it('hide a message for at least six times as long as its function may take', () => {
    const ofQueues = mappings.filter(({ source }) => source.type === 'AWS::SQS::Queue');
    expect(ofQueues).toHaveLength(working.length);
    for (const { source, target } of ofQueues)
      expect(source.properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * target.properties.Timeout);
  });

  it('give a message several chances before quarantine', () => {
    for (const { properties } of working)
      expect(properties.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5);
  });

  it('are encrypted and refuse plain connections', () => {
    expect(queues.filter(({ properties }) => properties.SqsManagedSseEnabled !== true)).toEqual([]);
    const guarded = ofType('AWS::SQS::QueuePolicy')
      .filter(({ properties }) => JSON.stringify(properties).includes('"aws:SecureTransport":"false"'))
      .flatMap(({ properties }) => properties.Queues.map(referred));
    expect(guarded.toSorted()).toEqual(idsOf(queues).toSorted());
  });
});
