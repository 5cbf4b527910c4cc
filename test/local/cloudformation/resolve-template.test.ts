// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub placeholders are what is tested here.
import { describe, expect, it } from 'vitest';
import { type ResolveContext, resolveTemplate } from '../../../local/cloudformation/resolve-template.ts';

const context: ResolveContext = {
  stackName: 'Main',
  region: 'eu-west-1',
  account: '000000000000',
  parameters: {},
  queueUrl: (name) => `http://127.0.0.1:9324/000000000000/${name}`,
  apiUrl: () => 'http://127.0.0.1:4000',
  exports: { 'network-vpc': 'vpc-1' },
};

const resolve = (template: object, given: Partial<ResolveContext> = {}) =>
  resolveTemplate({ Resources: {}, ...template }, { ...context, ...given });

const Jobs = { Type: 'AWS::SQS::Queue' };
const Key = { Type: 'AWS::KMS::Key' };

/** The value of one expression as an output of a template that also holds `rest`. */
const outputOf = (Value: unknown, rest: object = {}, given: Partial<ResolveContext> = {}): unknown =>
  resolve({ Resources: { Jobs }, ...rest, Outputs: { Out: { Value } } }, given).outputs['Out'];

describe('intrinsic functions', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref of a pseudo-parameter', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['Ref of a queue is its URL', { Ref: 'Jobs' }, 'http://127.0.0.1:9324/000000000000/Main-Jobs'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Jobs', 'Arn'] }, 'arn:aws:sqs:eu-west-1:000000000000:Main-Jobs'],
    ['GetAtt as a string', { 'Fn::GetAtt': 'Jobs.QueueName' }, 'Main-Jobs'],
    ['Join', { 'Fn::Join': ['-', ['a', 1, { Ref: 'AWS::Region' }]] }, 'a-1-eu-west-1'],
    ['Join leaves NoValue out', { 'Fn::Join': [',', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'a,b'],
    ['Select of Split', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Sub', { 'Fn::Sub': '${AWS::AccountId}/${Jobs.QueueName}' }, '000000000000/Main-Jobs'],
    ['Sub keeps ${!x}', { 'Fn::Sub': 'a ${!literal} ${AWS::Region}' }, 'a ${literal} eu-west-1'],
    [
      'Sub with variables',
      { 'Fn::Sub': ['${x}:${AWS::Region}', { x: { Ref: 'AWS::StackName' } }] },
      'Main:eu-west-1',
    ],
    ['Base64', { 'Fn::Base64': 'crossdock' }, 'Y3Jvc3Nkb2Nr'],
    ['ToJsonString', { 'Fn::ToJsonString': { a: [{ Ref: 'AWS::Partition' }] } }, '{"a":["aws"]}'],
    ['Length', { 'Fn::Length': ['a', 'b', { Ref: 'AWS::NoValue' }] }, 2],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'network-vpc' } }, 'vpc-1'],
    [
      'plain objects and lists',
      { a: [null, true, { b: { Ref: 'AWS::URLSuffix' } }] },
      { a: [null, true, { b: 'amazonaws.com' }] },
    ],
  ])('resolves %s', (_name, expression, expected) => {
    expect(outputOf(expression)).toEqual(expected);
  });

  it('looks a mapping up by resolved keys, and falls back to DefaultValue', () => {
    const Mappings = { Sizes: { 'eu-west-1': { memory: 512 } } };
    const find = (...names: unknown[]) => outputOf({ 'Fn::FindInMap': ['Sizes', ...names] }, { Mappings });
    expect(find({ Ref: 'AWS::Region' }, 'memory')).toBe(512);
    expect(find('us-east-1', 'memory', { DefaultValue: 128 })).toBe(128);
    expect(() => find('us-east-1', 'memory')).toThrow(
      /Outputs\.Out\.Value.*no mapping Sizes\.us-east-1\.memory/,
    );
  });

  it.each<[string, unknown, RegExp]>([
    [
      'an unknown name',
      { Ref: 'Nobody' },
      /Outputs\.Out\.Value\.Ref: there is no resource or parameter 'Nobody'/,
    ],
    ['an unknown attribute', { 'Fn::GetAtt': ['Jobs', 'Color'] }, /Jobs has no attribute 'Color'/],
    [
      'an unsupported function',
      [{ a: { 'Fn::Cidr': [] } }],
      /Outputs\.Out\.Value\.0\.a: the function Fn::Cidr/,
    ],
    ['a missing export', { 'Fn::ImportValue': 'other' }, /no stack exports 'other'/],
    ['an index out of range', { 'Fn::Select': [3, ['a']] }, /no item 3 of 1/],
    ['a list inside a string', { 'Fn::Sub': ['${x}', { x: ['a'] }] }, /needs a string/],
    ['NoValue inside a string', { 'Fn::Sub': '${AWS::NoValue}' }, /needs a string/],
    ['a function with a sibling', { Ref: 'Jobs', other: 1 }, /must stand alone/],
    [
      'a dynamic reference',
      { a: '{{resolve:secretsmanager:x}}' },
      /Outputs\.Out\.Value\.a: dynamic references/,
    ],
    ['an undeclared condition', { 'Fn::If': ['Never', 1, 2] }, /no condition 'Never'/],
  ])('refuses %s and names the place', (_name, expression, problem) => {
    expect(() => outputOf(expression)).toThrow(problem);
  });
});

describe('a stored parameter', () => {
  const Parameters = {
    Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' },
  };

  it('may lack a value as long as nothing but a rule asks for it', () => {
    const Rules = { Check: { Assertions: [{ Assert: { 'Fn::Contains': [['1'], { Ref: 'Version' }] } }] } };
    expect(outputOf('x', { Parameters, Rules })).toBe('x');
    expect(() => outputOf({ Ref: 'Version' }, { Parameters })).toThrow(/'Version' was given no value/);
    expect(outputOf({ Ref: 'Version' }, { Parameters }, { parameters: { Version: '21' } })).toBe('21');
  });
});

describe('conditions', () => {
  const Parameters = { Stage: { Type: 'String', Default: 'dev' } };
  const Conditions = {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    NotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Small: {
      'Fn::And': [
        { Condition: 'NotProd' },
        { 'Fn::Or': [{ Condition: 'IsProd' }, { 'Fn::Equals': ['1', 1] }] },
      ],
    },
    Known: { 'Fn::Contains': [['dev', 'prod'], { Ref: 'Stage' }] },
  };

  it('choose a branch of Fn::If and leave the other unresolved', () => {
    const choice = { 'Fn::If': ['Small', 'small', { Ref: 'Nobody' }] };
    expect(outputOf(choice, { Parameters, Conditions })).toBe('small');
    expect(outputOf({ 'Fn::If': ['Known', 1, 2] }, { Parameters, Conditions })).toBe(1);
  });

  it('remove properties, resources and outputs', () => {
    const template = {
      Parameters,
      Conditions,
      Resources: {
        Prod: { ...Jobs, Condition: 'IsProd' },
        Dev: {
          ...Jobs,
          Condition: 'NotProd',
          Properties: { DelaySeconds: { 'Fn::If': ['IsProd', 5, { Ref: 'AWS::NoValue' }] } },
        },
      },
      Outputs: {
        P: { Condition: 'IsProd', Value: { Ref: 'Prod' } },
        D: { Condition: 'NotProd', Value: 'd' },
      },
    };
    const dev = resolve(template);
    expect([...dev.resources.keys()]).toEqual(['Dev']);
    expect(dev.resources.get('Dev')?.properties).toEqual({});
    expect(dev.outputs).toEqual({ D: 'd' });
    expect([...resolve(template, { parameters: { Stage: 'prod' } }).resources.keys()]).toEqual(['Prod']);
  });

  it('refuse a reference to a resource that is left out', () => {
    const Resources = { Gone: { ...Jobs, Condition: 'IsProd' } };
    expect(() => outputOf({ Ref: 'Gone' }, { Parameters, Conditions, Resources })).toThrow(
      /left out by its condition IsProd/,
    );
  });

  it('refuse a circle and anything that is no condition function', () => {
    const If = { 'Fn::If': ['A', 1, 2] };
    const circle = { A: { Condition: 'B' }, B: { 'Fn::Not': [{ Condition: 'A' }] } };
    expect(() => outputOf(If, { Conditions: circle })).toThrow(/condition 'A' depends on itself/);
    expect(() => outputOf(If, { Conditions: { A: { 'Fn::Join': ['', []] } } })).toThrow(
      /not a condition function/,
    );
    expect(() => outputOf(If, { Conditions: { A: 'yes' } })).toThrow(/Conditions\.A/);
    expect(() => outputOf(If, { Conditions: { A: { 'Fn::Equals': ['one'] } } })).toThrow(
      /list of 2 operands/,
    );
  });
});

describe('resources', () => {
  it('take the name that the template gives, even one that refers to another resource', () => {
    const Named = { ...Jobs, Properties: { QueueName: { 'Fn::Sub': '${Table}-jobs' } } };
    const { resources } = resolve({
      Resources: { Named, Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 't' } } },
    });
    expect(resources.get('Named')).toEqual({
      logicalId: 'Named',
      type: 'AWS::SQS::Queue',
      physicalName: 't-jobs',
      arn: 'arn:aws:sqs:eu-west-1:000000000000:t-jobs',
      properties: { QueueName: 't-jobs' },
    });
  });

  it('get generated names within the limits of AWS that stay apart when they are cut', () => {
    const long = 'L'.repeat(90);
    const declared = (Type: string) => ({ [`${long}1`]: { Type }, [`${long}2`]: { Type } });
    const names = (Type: string) =>
      [...resolve({ Resources: declared(Type) }).resources.values()].map((r) => r.physicalName);
    for (const [type, lengthMax] of [
      ['AWS::Lambda::Function', 64],
      ['AWS::SQS::Queue', 80],
    ] as const) {
      expect(names(type).map((name) => name.length)).toEqual([lengthMax, lengthMax]);
      expect(new Set(names(type)).size).toBe(2);
    }
    expect(
      resolve({ Resources: { F: { ...Jobs, Properties: { FifoQueue: true } } } }).resources.get('F')
        ?.physicalName,
    ).toBe('Main-F.fifo');
  });

  it('get ids that are the same at every start and differ between stacks', () => {
    const id = (stackName: string) => outputOf({ Ref: 'Key' }, { Resources: { Key } }, { stackName });
    expect(id('Main')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(id('Main')).toBe(id('Main'));
    expect(id('Main')).not.toBe(id('Other'));
  });

  it.each<[string, object, string, string]>([
    [
      'AWS::DynamoDB::Table',
      { StreamSpecification: {} },
      'StreamArn',
      'arn:aws:dynamodb:eu-west-1:000000000000:table/Main-R/stream/2026-01-01T00:00:00.000',
    ],
    ['AWS::Lambda::Function', {}, 'Arn', 'arn:aws:lambda:eu-west-1:000000000000:function:Main-R'],
    ['AWS::IAM::Role', {}, 'Arn', 'arn:aws:iam::000000000000:role/Main-R'],
    ['AWS::IAM::ManagedPolicy', {}, 'Ref', 'arn:aws:iam::000000000000:policy/Main-R'],
    ['AWS::Logs::LogGroup', {}, 'Arn', 'arn:aws:logs:eu-west-1:000000000000:log-group:Main-R:*'],
    ['AWS::SNS::Topic', {}, 'Ref', 'arn:aws:sns:eu-west-1:000000000000:Main-R'],
    ['AWS::S3::Bucket', {}, 'Ref', 'main-r'],
    ['AWS::S3::Bucket', { BucketName: 'b' }, 'DomainName', 'b.s3.amazonaws.com'],
    ['AWS::Events::Rule', {}, 'Arn', 'arn:aws:events:eu-west-1:000000000000:rule/Main-R'],
    [
      'AWS::Scheduler::Schedule',
      { GroupName: 'g' },
      'Arn',
      'arn:aws:scheduler:eu-west-1:000000000000:schedule/g/Main-R',
    ],
    [
      'AWS::Scheduler::ScheduleGroup',
      {},
      'Arn',
      'arn:aws:scheduler:eu-west-1:000000000000:schedule-group/Main-R',
    ],
    ['AWS::CloudWatch::CompositeAlarm', {}, 'Arn', 'arn:aws:cloudwatch:eu-west-1:000000000000:alarm:Main-R'],
    ['AWS::ApiGatewayV2::Api', {}, 'ApiEndpoint', 'http://127.0.0.1:4000'],
    ['AWS::ApiGatewayV2::Stage', { StageName: '$default' }, 'Ref', '$default'],
  ])('of type %s %j have %s', (Type, Properties, attribute, expected) => {
    const expression = attribute === 'Ref' ? { Ref: 'R' } : { 'Fn::GetAtt': ['R', attribute] };
    expect(outputOf(expression, { Resources: { R: { Type, Properties } } })).toBe(expected);
  });

  it.each<[string, object, RegExp]>([
    [
      'of an unknown type',
      { Bus: { Type: 'AWS::Events::EventBus' } },
      /Bus\.Type: the resource type AWS::Events::EventBus/,
    ],
    [
      'that name themselves',
      { A: { ...Jobs, Properties: { QueueName: { Ref: 'A' } } } },
      /A\.Properties\.QueueName: depends on itself/,
    ],
    [
      'that share an ARN',
      { A: { ...Jobs, Properties: { QueueName: 'q' } }, B: { ...Jobs, Properties: { QueueName: 'q' } } },
      /B: has the same ARN as A/,
    ],
    [
      'with a stream that is not switched on',
      {
        T: { Type: 'AWS::DynamoDB::Table' },
        Q: { ...Jobs, Properties: { X: { 'Fn::GetAtt': ['T', 'StreamArn'] } } },
      },
      /T has no attribute 'StreamArn'/,
    ],
    ['without a type', { A: { Properties: {} } }, /Resources\.A\.Type/],
  ])('are refused when they are %s', (_name, Resources, problem) => {
    expect(() => resolve({ Resources })).toThrow(problem);
  });

  it('are refused when a macro would rewrite them', () => {
    expect(() => resolve({ Transform: 'AWS::Serverless-2016-10-31' })).toThrow(/^Transform/);
    expect(resolve({ Transform: 'AWS::LanguageExtensions' }).outputs).toEqual({});
  });
});
