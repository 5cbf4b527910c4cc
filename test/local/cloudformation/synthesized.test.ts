import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { CorsHttpMethod, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, CfnTable, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Effect, type IGrantable, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFn, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAssembly } from '../../../local/cloudformation/assembly.ts';
import {
  type ResolvedResource,
  type ResolvedTemplate,
  resolveTemplate,
} from '../../../local/cloudformation/resolve-template.ts';
import { httpApiRoutes } from '../../../local/http-api/from-template.ts';
import { resourcePolicies } from '../../../local/iam/resource-policies.ts';

const cdkOutDir = mkdtempSync(join(tmpdir(), 'synthesized-'));
let resolved: ResolvedTemplate;

const addApi = (stack: Stack, handler: LambdaFn) => {
  const authorizer = new HttpLambdaAuthorizer('Authorizer', handler, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    resultsCacheTtl: Duration.minutes(1),
    identitySource: ['$request.header.Authorization', '$context.routeKey'],
  });
  const api = new HttpApi(stack, 'Api', {
    corsPreflight: {
      allowOrigins: ['https://app.example'],
      allowMethods: [CorsHttpMethod.GET],
      maxAge: Duration.hours(1),
    },
  });
  const integration = new HttpLambdaIntegration('Integration', handler, { timeout: Duration.seconds(10) });
  api.addRoutes({ path: '/events', methods: [HttpMethod.POST], integration, authorizer });
  api.addRoutes({ path: '/webhooks/{provider}', methods: [HttpMethod.ANY], integration });
};

/** A table that only its own policy, and that of its stream, open to somebody. */
const addShared = (stack: Stack, { grantPrincipal }: IGrantable) => {
  const statement = (action: string) =>
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: [action],
      principals: [grantPrincipal],
      resources: ['*'],
    });
  const shared = new Table(stack, 'Shared', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    resourcePolicy: new PolicyDocument({ statements: [statement('dynamodb:Query')] }),
  });
  const { defaultChild } = shared.node;
  if (!(defaultChild instanceof CfnTable)) throw new Error('CDK made no table');
  defaultChild.streamSpecification = {
    streamViewType: StreamViewType.NEW_IMAGE,
    resourcePolicy: {
      policyDocument: new PolicyDocument({ statements: [statement('dynamodb:GetRecords')] }),
    },
  };
};

const synthesize = () => {
  const app = new App({ outdir: cdkOutDir, analyticsReporting: false });
  const stack = new Stack(app, 'Dock');
  const table = new Table(stack, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
  });
  const deadLetters = new Queue(stack, 'DeadLetters');
  const jobs = new Queue(stack, 'Jobs', { deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 } });
  const key = new Key(stack, 'Key', { alias: 'secrets' });
  const baseUrl = new CfnParameter(stack, 'VendorUrl', { default: 'https://vendor.example' });
  const handler = new LambdaFn(stack, 'Handler', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => ({ isAuthorized: true })'),
    environment: {
      TABLE: table.tableName,
      JOBS_URL: jobs.queueUrl,
      KEY_ID: key.keyId,
      VENDOR_URL: baseUrl.valueAsString,
    },
  });
  table.grantReadWriteData(handler);
  key.grantEncryptDecrypt(handler);
  handler.addEventSource(new SqsEventSource(jobs));
  handler.addEventSource(new DynamoEventSource(table, { startingPosition: StartingPosition.TRIM_HORIZON }));
  new Rule(stack, 'Sweep', {
    schedule: Schedule.rate(Duration.minutes(5)),
    targets: [new LambdaFunction(handler)],
  });
  addApi(stack, handler);
  addShared(stack, handler);
  app.synth();
};

beforeAll(() => {
  synthesize();
  const { stackName, template } = readAssembly(cdkOutDir);
  resolved = resolveTemplate(template, {
    stackName,
    region: 'eu-west-1',
    account: '000000000000',
    parameters: { VendorUrl: 'http://127.0.0.1:9001' },
    queueUrl: (name) => `http://127.0.0.1:9324/000000000000/${name}`,
    apiUrl: () => 'http://127.0.0.1:4000',
  });
});
afterAll(() => rmSync(cdkOutDir, { recursive: true }));

const ofType = (type: string): ResolvedResource[] =>
  [...resolved.resources.values()].filter((resource) => resource.type === type);

const oneOf = (type: string, logicalId: RegExp): ResolvedResource => {
  const [found] = ofType(type).filter((resource) => logicalId.test(resource.logicalId));
  if (!found) throw new Error(`no ${type} ${logicalId}`);
  return found;
};

const functionNamed = (logicalId: RegExp) => oneOf('AWS::Lambda::Function', logicalId);

describe('a template synthesized by CDK', () => {
  it('gives functions the physical names of what they use', () => {
    const table = oneOf('AWS::DynamoDB::Table', /^Table/);
    expect(functionNamed(/^Handler/).properties['Environment']).toEqual({
      Variables: {
        TABLE: table.physicalName,
        JOBS_URL: `http://127.0.0.1:9324/000000000000/${oneOf('AWS::SQS::Queue', /^Jobs/).physicalName}`,
        KEY_ID: oneOf('AWS::KMS::Key', /^Key/).physicalName,
        VENDOR_URL: 'http://127.0.0.1:9001',
      },
    });
  });

  it('connects sources, redrive, schedules and policies by ARN', () => {
    const jobs = oneOf('AWS::SQS::Queue', /^Jobs/);
    const table = oneOf('AWS::DynamoDB::Table', /^Table/);
    expect(jobs.properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: oneOf('AWS::SQS::Queue', /^DeadLetters/).arn,
      maxReceiveCount: 3,
    });
    const sources = ofType('AWS::Lambda::EventSourceMapping').map(
      ({ properties }) => properties['EventSourceArn'],
    );
    expect(sources.toSorted()).toEqual([`${table.arn}/stream/2026-01-01T00:00:00.000`, jobs.arn].toSorted());
    const [rule] = ofType('AWS::Events::Rule');
    expect(rule?.properties['Targets']).toMatchObject([{ Arn: functionNamed(/^Handler/).arn }]);
    const policies = JSON.stringify(ofType('AWS::IAM::Policy').map(({ properties }) => properties));
    for (const arn of [jobs.arn, table.arn, oneOf('AWS::KMS::Key', /^Key/).arn])
      expect(policies).toContain(`"${arn}"`);
  });

  it('may give a table and its stream policies of their own, which name who is allowed', () => {
    const { arn } = oneOf('AWS::DynamoDB::Table', /^Shared/);
    const policyOf = resourcePolicies(resolved.resources);
    const read = (resource: string) =>
      policyOf(resource).map(({ principal, actions }) => [principal, actions.map(({ text }) => text)]);
    const AWS = oneOf('AWS::IAM::Role', /^Handler/).arn;
    expect(read(`${arn}`)).toEqual([[{ AWS }, ['dynamodb:Query']]]);
    expect(read(`${arn}/index/by-time`)).toEqual([[{ AWS }, ['dynamodb:Query']]]);
    expect(read(`${arn}/stream/2026-01-01T00:00:00.000`)).toEqual([[{ AWS }, ['dynamodb:GetRecords']]]);
  });

  it('holds the whole HTTP API, with its authorizer', () => {
    const { apiId, stageName, cors, routes } = httpApiRoutes(resolved.resources);
    const functionArn = functionNamed(/^Handler/).arn;
    expect(apiId).toMatch(/^[a-z0-9]{10}$/);
    expect(stageName).toBe('$default');
    expect(cors).toEqual({
      allowOrigins: ['https://app.example'],
      allowMethods: ['GET'],
      allowHeaders: [],
      exposeHeaders: [],
      allowCredentials: false,
      maxAgeSeconds: 3600,
    });
    const authorizer = {
      id: expect.stringMatching(/^[a-z0-9]{10}$/),
      functionArn,
      identitySources: ['$request.header.Authorization', '$context.routeKey'],
      ttlSeconds: 60,
      simpleResponses: true,
    };
    expect(routes).toEqual([
      { routeKey: 'POST /events', functionArn, timeoutMs: 10_000, authorizer },
      { routeKey: 'ANY /webhooks/{provider}', functionArn, timeoutMs: 10_000 },
    ]);
  });
});
