import { describe, expect, it } from 'vitest';
import { sqsMappingSettings, streamMappingSettings } from '#local/event-sources/mapping-properties.ts';
import {
  bootTemplate,
  readTemplate,
  type Template,
  type TemplateResource,
} from '../../permissions/booted.ts';

const at = ({ Resources }: Template, logicalId: string): TemplateResource => {
  const found = Resources[logicalId];
  if (!found) throw new Error(`The template has no ${logicalId}`);
  return found;
};

const mappingWith = (template: Template, property: string): TemplateResource => {
  const found = Object.values(template.Resources).find(
    ({ Type, Properties }) => Type === 'AWS::Lambda::EventSourceMapping' && Properties[property],
  );
  if (!found) throw new Error(`The template has no mapping with a ${property}`);
  return found;
};

interface Changes {
  readonly ofQueueMapping?: object;
  readonly ofStreamMapping?: object;
  readonly functionTimeoutSeconds?: number;
}

/** Boots the stack, its lane's messages invisible for 60 seconds, with other settings, and stops it again. */
const startWith = async ({
  ofQueueMapping,
  ofStreamMapping,
  functionTimeoutSeconds = 60,
}: Changes): Promise<'started'> => {
  const template = readTemplate();
  const { Properties: lane } = mappingWith(template, 'ScalingConfig');
  at(template, lane.EventSourceArn['Fn::GetAtt'][0]).Properties.VisibilityTimeout = 60;
  at(template, lane.FunctionName.Ref).Properties.Timeout = functionTimeoutSeconds;
  Object.assign(lane, ofQueueMapping);
  Object.assign(mappingWith(template, 'StartingPosition').Properties, ofStreamMapping);
  const { stop } = await bootTemplate(template);
  await stop();
  return 'started';
};

describe('the stack', () => {
  it('starts with every setting at its largest, the function taking as long as its messages are invisible', async () => {
    const started = startWith({
      ofQueueMapping: {
        BatchSize: 10_000,
        MaximumBatchingWindowInSeconds: 300,
        ScalingConfig: { MaximumConcurrency: 1000 },
      },
      ofStreamMapping: {
        BatchSize: 10_000,
        MaximumBatchingWindowInSeconds: 300,
        ParallelizationFactor: 10,
        MaximumRetryAttempts: 10_000,
        MaximumRecordAgeInSeconds: 604_800,
      },
    });
    expect(await started).toBe('started');
  });

  it.each<[string, Changes, string]>([
    [
      'a function that may take a second longer',
      { functionTimeoutSeconds: 61 },
      'Queue visibility timeout: 60 seconds is less than Function timeout: 61 seconds',
    ],
    [
      'batches of more than 10 without a window',
      { ofQueueMapping: { BatchSize: 11 } },
      'MaximumBatchingWindowInSeconds must be at least 1 when BatchSize is greater than 10',
    ],
    [
      'a concurrency above 1000',
      { ofQueueMapping: { ScalingConfig: { MaximumConcurrency: 1001 } } },
      'MaximumConcurrency',
    ],
    [
      'records older than a week',
      { ofStreamMapping: { MaximumRecordAgeInSeconds: 604_801 } },
      'MaximumRecordAgeInSeconds',
    ],
  ])('does not start with %s', async (_, changes, reason) => {
    await expect(startWith(changes)).rejects.toThrow(
      new RegExp(`InvalidParameterValueException: .*${reason}`, 's'),
    );
  });
});

describe('a setting', () => {
  const ofQueue = (value: object) => () =>
    sqsMappingSettings({ MaximumBatchingWindowInSeconds: 1, ...value });
  const ofStream = (value: object) => () =>
    streamMappingSettings({ StartingPosition: 'TRIM_HORIZON', ...value });
  const concurrency = (MaximumConcurrency: number) => ofQueue({ ScalingConfig: { MaximumConcurrency } });

  it.each([
    ['a batch size of a queue', (BatchSize: number) => ofQueue({ BatchSize }), [1, 10_000], [0, 10_001]],
    ['a concurrency', concurrency, [2, 1000], [1, 1001]],
    ['a batch size of a stream', (BatchSize: number) => ofStream({ BatchSize }), [1, 10_000], [0, 10_001]],
    [
      'a window',
      (MaximumBatchingWindowInSeconds: number) => ofStream({ MaximumBatchingWindowInSeconds }),
      [0, 300],
      [-1, 301],
    ],
    [
      'a number of lanes',
      (ParallelizationFactor: number) => ofStream({ ParallelizationFactor }),
      [1, 10],
      [0, 11],
    ],
    [
      'a number of retries',
      (MaximumRetryAttempts: number) => ofStream({ MaximumRetryAttempts }),
      [-1, 0, 10_000],
      [-2, 10_001],
    ],
    [
      'an age of records',
      (MaximumRecordAgeInSeconds: number) => ofStream({ MaximumRecordAgeInSeconds }),
      [-1, 60, 604_800],
      [-2, 0, 59, 604_801],
    ],
  ])('that is %s has its bounds', (_, settingsOf, allowed, refused) => {
    for (const value of allowed) expect(settingsOf(value)).not.toThrow();
    for (const value of refused) expect(settingsOf(value)).toThrow(/InvalidParameterValueException/);
  });
});
