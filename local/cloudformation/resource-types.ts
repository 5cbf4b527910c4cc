import { generatedName } from './physical-names.ts';
import {
  arnOf,
  type NamedResource,
  nameUpTo,
  onlyArn,
  onlyId,
  type ResourceType,
  shortId,
  type UnnamedResource,
  uuid,
} from './resource-type.ts';

const queueName = ({ place, logicalId, property }: UnnamedResource): string =>
  String(property('FifoQueue')) === 'true'
    ? `${generatedName(place.stackName, logicalId, 75)}.fifo`
    : generatedName(place.stackName, logicalId, 80);

// AWS labels a stream with its creation time; one that never changes keeps every reference to it valid across restarts.
const STREAM_LABEL = '2026-01-01T00:00:00.000';

const tableAttributes = ({ physicalName, place, property }: NamedResource): Record<string, string> => {
  const arn = arnOf('dynamodb', `table/${physicalName}`, place);
  return property('StreamSpecification') === undefined
    ? { Arn: arn }
    : { Arn: arn, StreamArn: `${arn}/stream/${STREAM_LABEL}` };
};

const bucketAttributes = ({ physicalName, place }: NamedResource) => ({
  Arn: `arn:aws:s3:::${physicalName}`,
  DomainName: `${physicalName}.s3.amazonaws.com`,
  DualStackDomainName: `${physicalName}.s3.dualstack.${place.region}.amazonaws.com`,
  RegionalDomainName: `${physicalName}.s3.${place.region}.amazonaws.com`,
  WebsiteURL: `http://${physicalName}.s3-website-${place.region}.amazonaws.com`,
});

const scheduleAttributes = ({ physicalName, place, property }: NamedResource) => ({
  Arn: arnOf('scheduler', `schedule/${property('GroupName') ?? 'default'}/${physicalName}`, place),
});

const iamArn = (kind: string, { physicalName, place }: NamedResource): string =>
  `arn:aws:iam::${place.account}:${kind}/${physicalName}`;

const topicArn = ({ physicalName, place }: NamedResource): string => arnOf('sns', physicalName, place);

// Nobody signs users in here: a name that never resolves (RFC 2606), where AWS has amazonaws.com.
const userPoolAttributes = ({ physicalName, place }: NamedResource) => ({
  Arn: arnOf('cognito-idp', `userpool/${physicalName}`, place),
  ProviderName: `cognito-idp.${place.region}.invalid/${physicalName}`,
  ProviderURL: `https://cognito-idp.${place.region}.invalid/${physicalName}`,
  UserPoolId: physicalName,
});

const alarm: ResourceType = {
  nameProperty: 'AlarmName',
  generateName: nameUpTo(255),
  attributes: onlyArn('cloudwatch', 'alarm:'),
};

const withoutAttributes: ResourceType = { generateName: nameUpTo(255) };

/** Every type that a template may hold. A type that is not here cannot be resolved. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map<string, ResourceType>([
  [
    'AWS::ApiGatewayV2::Api',
    {
      generateName: shortId,
      attributes: ({ physicalName, place }) => ({ ApiId: physicalName, ApiEndpoint: place.apiUrl() }),
    },
  ],
  ['AWS::ApiGatewayV2::Authorizer', { generateName: shortId, attributes: onlyId('AuthorizerId') }],
  ['AWS::ApiGatewayV2::Integration', { generateName: shortId, attributes: onlyId('IntegrationId') }],
  ['AWS::ApiGatewayV2::Route', { generateName: shortId, attributes: onlyId('RouteId') }],
  ['AWS::ApiGatewayV2::Stage', { nameProperty: 'StageName', generateName: nameUpTo(128) }],
  ['AWS::CDK::Metadata', withoutAttributes],
  ['AWS::CloudWatch::Alarm', alarm],
  ['AWS::CloudWatch::CompositeAlarm', alarm],
  ['AWS::CloudWatch::Dashboard', { nameProperty: 'DashboardName', generateName: nameUpTo(255) }],
  [
    'AWS::Cognito::UserPool',
    {
      generateName: (resource) => `${resource.place.region}_${shortId(resource)}`,
      attributes: userPoolAttributes,
    },
  ],
  ['AWS::Cognito::UserPoolClient', { generateName: shortId, attributes: onlyId('ClientId') }],
  ['AWS::Cognito::UserPoolGroup', { nameProperty: 'GroupName', generateName: nameUpTo(128) }],
  [
    'AWS::DynamoDB::Table',
    { nameProperty: 'TableName', generateName: nameUpTo(255), attributes: tableAttributes },
  ],
  [
    'AWS::Events::Rule',
    { nameProperty: 'Name', generateName: nameUpTo(64), attributes: onlyArn('events', 'rule/') },
  ],
  [
    'AWS::IAM::ManagedPolicy',
    {
      nameProperty: 'ManagedPolicyName',
      generateName: nameUpTo(128),
      ref: (resource) => iamArn('policy', resource),
      attributes: (resource) => ({ PolicyArn: iamArn('policy', resource) }),
    },
  ],
  ['AWS::IAM::Policy', { nameProperty: 'PolicyName', generateName: nameUpTo(128) }],
  [
    'AWS::IAM::Role',
    {
      nameProperty: 'RoleName',
      generateName: nameUpTo(64),
      attributes: (resource) => ({
        Arn: iamArn('role', resource),
        RoleId: `AROA${shortId(resource).toUpperCase()}`,
      }),
    },
  ],
  ['AWS::KMS::Alias', { nameProperty: 'AliasName', generateName: nameUpTo(256) }],
  [
    'AWS::KMS::Key',
    {
      generateName: uuid,
      attributes: (resource) => ({
        ...onlyArn('kms', 'key/')(resource),
        KeyId: resource.physicalName,
      }),
    },
  ],
  ['AWS::Lambda::EventInvokeConfig', withoutAttributes],
  ['AWS::Lambda::EventSourceMapping', { generateName: uuid, attributes: onlyId('Id') }],
  [
    'AWS::Lambda::Function',
    { nameProperty: 'FunctionName', generateName: nameUpTo(64), attributes: onlyArn('lambda', 'function:') },
  ],
  ['AWS::Lambda::Permission', withoutAttributes],
  [
    'AWS::Logs::LogGroup',
    {
      nameProperty: 'LogGroupName',
      generateName: nameUpTo(512),
      attributes: ({ physicalName, place }) => ({ Arn: arnOf('logs', `log-group:${physicalName}:*`, place) }),
    },
  ],
  [
    'AWS::S3::Bucket',
    {
      nameProperty: 'BucketName',
      generateName: (resource) => nameUpTo(63)(resource).toLowerCase(),
      attributes: bucketAttributes,
    },
  ],
  ['AWS::S3::BucketPolicy', withoutAttributes],
  [
    'AWS::SNS::Topic',
    {
      nameProperty: 'TopicName',
      generateName: nameUpTo(256),
      ref: topicArn,
      attributes: (resource) => ({ TopicArn: topicArn(resource), TopicName: resource.physicalName }),
    },
  ],
  [
    'AWS::SQS::Queue',
    {
      nameProperty: 'QueueName',
      generateName: queueName,
      ref: ({ physicalName, place }) => place.queueUrl(physicalName),
      attributes: (resource) => ({
        ...onlyArn('sqs', '')(resource),
        QueueName: resource.physicalName,
        QueueUrl: resource.place.queueUrl(resource.physicalName),
      }),
    },
  ],
  ['AWS::SQS::QueuePolicy', withoutAttributes],
  ['AWS::SNS::TopicPolicy', withoutAttributes],
  [
    'AWS::Scheduler::Schedule',
    { nameProperty: 'Name', generateName: nameUpTo(64), attributes: scheduleAttributes },
  ],
  [
    'AWS::Scheduler::ScheduleGroup',
    { nameProperty: 'Name', generateName: nameUpTo(64), attributes: onlyArn('scheduler', 'schedule-group/') },
  ],
]);
