import { expect, it } from 'vitest';
import { environmentVariables } from '../../../local/lambda/environment-variables.ts';

const input = {
  functionName: 'deliver',
  memoryMb: 256,
  handler: 'index.handler',
  region: 'eu-west-1',
  variables: { TABLE_NAME: 'events' },
  endpoints: {
    dynamodb: 'http://127.0.0.1:1',
    sqs: 'http://127.0.0.1:2',
    kms: 'http://127.0.0.1:3',
    sts: 'http://127.0.0.1:4',
  },
  taskRoot: '/asset',
};

it('a function gets the variables of the template and those that Lambda sets', () => {
  expect(environmentVariables(input)).toMatchObject({
    TABLE_NAME: 'events',
    AWS_REGION: 'eu-west-1',
    AWS_LAMBDA_FUNCTION_NAME: 'deliver',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    LAMBDA_TASK_ROOT: '/asset',
    _HANDLER: 'index.handler',
    TZ: ':UTC',
  });
});

it('each emulated service has its endpoint, and every other service one where nothing listens', () => {
  expect(environmentVariables(input)).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:2',
    AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:3',
    AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:4',
  });
});

it('a template may set its time zone but not the reserved names', () => {
  const variables = { TZ: 'Europe/Berlin', AWS_REGION: 'elsewhere', AWS_ENDPOINT_URL: 'https://example.com' };
  expect(environmentVariables({ ...input, variables })).toMatchObject({
    TZ: 'Europe/Berlin',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  });
});
