import * as z from 'zod';

const common = {
  EventSourceArn: z.unknown(),
  FunctionName: z.unknown(),
  Tags: z.unknown(),
  MetricsConfig: z.unknown(),
  LoggingConfig: z.unknown(),
  Enabled: z.boolean().default(true),
  MaximumBatchingWindowInSeconds: z.int().min(0).max(300).default(0),
  FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })).default([]) }).optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
};

const ignored = {
  EventSourceArn: true,
  FunctionName: true,
  Tags: true,
  MetricsConfig: true,
  LoggingConfig: true,
} as const;

// A property that is not emulated must stop the start: a mapping that ignored it would behave like no mapping on AWS.
const SqsProperties = z
  .strictObject({
    ...common,
    BatchSize: z.int().min(1).max(10_000).default(10),
    ScalingConfig: z.strictObject({ MaximumConcurrency: z.int().min(2).max(1000).optional() }).optional(),
  })
  .partial(ignored)
  .refine((properties) => properties.BatchSize <= 10 || properties.MaximumBatchingWindowInSeconds > 0, {
    message: 'MaximumBatchingWindowInSeconds must be at least 1 when BatchSize is greater than 10',
  });

const StreamProperties = z
  .strictObject({
    ...common,
    BatchSize: z.int().min(1).max(10_000).default(100),
    StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
    ParallelizationFactor: z.int().min(1).max(10).default(1),
    MaximumRetryAttempts: z.int().min(-1).max(10_000).default(-1),
    // CloudFormation's documentation: values between -1 and 60 are within the range but not allowed.
    MaximumRecordAgeInSeconds: z.union([z.literal(-1), z.int().min(60).max(604_800)]).default(-1),
    BisectBatchOnFunctionError: z.boolean().default(false),
    DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
  })
  .partial(ignored);

const reject = (kind: string, error: z.ZodError): never => {
  throw new Error(`InvalidParameterValueException: ${kind} event source mapping: ${z.prettifyError(error)}`);
};

const commonSettings = (properties: z.infer<typeof SqsProperties> | z.infer<typeof StreamProperties>) => ({
  enabled: properties.Enabled,
  batchSize: properties.BatchSize,
  windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
  filterPatterns: properties.FilterCriteria?.Filters.map((filter) => filter.Pattern) ?? [],
  reportsItemFailures: properties.FunctionResponseTypes.length > 0,
});

const POLLERS_DEFAULT = 5;

/** Reads the resolved properties of a mapping on a queue. Throws on a value that AWS refuses and on a property that is not emulated. */
export const sqsMappingSettings = (properties: unknown) => {
  const { data, error } = SqsProperties.safeParse(properties);
  if (!data) return reject('SQS', error);
  return { ...commonSettings(data), pollers: data.ScalingConfig?.MaximumConcurrency ?? POLLERS_DEFAULT };
};

/** Reads the resolved properties of a mapping on a table's stream. Throws like {@link sqsMappingSettings}. */
export const streamMappingSettings = (properties: unknown) => {
  const { data, error } = StreamProperties.safeParse(properties);
  if (!data) return reject('DynamoDB', error);
  return {
    ...commonSettings(data),
    startingPosition: data.StartingPosition,
    lanes: data.ParallelizationFactor,
    retryAttemptsMax: data.MaximumRetryAttempts === -1 ? Number.POSITIVE_INFINITY : data.MaximumRetryAttempts,
    recordAgeMaxMs:
      data.MaximumRecordAgeInSeconds === -1
        ? Number.POSITIVE_INFINITY
        : data.MaximumRecordAgeInSeconds * 1000,
    bisects: data.BisectBatchOnFunctionError,
    payloadOnFailure: data.DestinationConfig?.OnFailure?.Destination.startsWith('arn:aws:s3:') ?? false,
  };
};

export type SqsMappingSettings = ReturnType<typeof sqsMappingSettings>;
export type StreamMappingSettings = ReturnType<typeof streamMappingSettings>;
