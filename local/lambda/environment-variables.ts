/** Nothing listens on the discard port, so a call to a service that is not emulated fails instead of leaving the machine. */
const NO_SERVICE = 'http://127.0.0.1:9';

export interface EnvironmentVariablesInput {
  readonly functionName: string;
  readonly memoryMb: number;
  readonly handler: string;
  readonly region: string;
  /** `Environment.Variables` of the template. */
  readonly variables: Readonly<Record<string, string>>;
  readonly endpoints: {
    readonly dynamodb: string;
    readonly dynamodbStreams?: string;
    readonly sqs: string;
    readonly kms: string;
    readonly sts: string;
  };
  readonly taskRoot: string;
}

/** Where a function's SDK finds the services that are emulated, and that there are no others. */
export const endpointVariables = (
  endpoints: EnvironmentVariablesInput['endpoints'],
): Record<string, string> => ({
  AWS_ENDPOINT_URL: NO_SERVICE,
  AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
  AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoints.dynamodbStreams ?? endpoints.dynamodb,
  AWS_ENDPOINT_URL_SQS: endpoints.sqs,
  AWS_ENDPOINT_URL_KMS: endpoints.kms,
  AWS_ENDPOINT_URL_STS: endpoints.sts,
});

/** The whole process.env of a function: what Lambda sets, the template's variables, and where the emulated services are. */
export const environmentVariables = (input: EnvironmentVariablesInput): Record<string, string> => ({
  // Lambda lets a template replace these; the names below are reserved and win over the template.
  LANG: 'en_US.UTF-8',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  TZ: ':UTC',
  ...input.variables,
  ...endpointVariables(input.endpoints),
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: 'local',
  AWS_REGION: input.region,
  AWS_DEFAULT_REGION: input.region,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: input.functionName,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(input.memoryMb),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${input.functionName}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  LAMBDA_TASK_ROOT: input.taskRoot,
  _HANDLER: input.handler,
});
