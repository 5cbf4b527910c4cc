import { describe, expect, it } from 'vitest';
import { mappings, ofType, resourceAt } from './template.ts';

const ofStreams = mappings.filter(({ source }) => source.type === 'AWS::DynamoDB::Table');
const ofQueues = mappings.filter(({ source }) => source.type === 'AWS::SQS::Queue');

describe('event source mappings', () => {
  it('are of a stream or a queue', () => {
    expect(ofStreams).not.toEqual([]);
    expect(ofQueues).not.toEqual([]);
    expect(ofStreams.length + ofQueues.length).toBe(mappings.length);
  });

  it('report failures item by item, so that one failure does not repeat the batch', () => {
    for (const { properties } of mappings)
      expect(properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
  });

  it('of queues leave room for fair queues to see a noisy tenant', () => {
    for (const { properties } of ofQueues)
      expect(properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(4);
  });

  it('of streams miss nothing that was written before they were made', () => {
    for (const { properties } of ofStreams) expect(properties.StartingPosition).toBe('TRIM_HORIZON');
  });

  it('of streams never block a shard for good', () => {
    for (const { properties } of ofStreams) {
      expect(properties.BisectBatchOnFunctionError).toBe(true);
      expect(properties.MaximumRetryAttempts).toBeGreaterThan(0);
      expect(properties.MaximumRecordAgeInSeconds).toBeGreaterThan(0);
      // The stream itself keeps a record for 24 hours.
      expect(properties.MaximumRecordAgeInSeconds).toBeLessThan(24 * 3600);
    }
  });

  it('of streams keep what they gave up in a bucket that outlives the stack', () => {
    for (const { properties } of ofStreams) {
      const bucket = resourceAt(properties.DestinationConfig.OnFailure.Destination);
      expect(bucket.type).toBe('AWS::S3::Bucket');
      expect(Object.values(bucket.properties.PublicAccessBlockConfiguration)).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
    expect(ofType('AWS::S3::Bucket').map(({ properties }) => properties.BucketEncryption)).not.toContain(
      undefined,
    );
  });

  it('of streams hear of insertions and not of deletions by TTL', () => {
    for (const { properties } of ofStreams) {
      const patterns = properties.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) =>
        JSON.parse(Pattern),
      );
      expect(patterns).toEqual([{ eventName: ['INSERT'] }]);
    }
  });
});
