import { describe, expect, it } from 'vitest';
import { resolveTemplate } from '../../../local/cloudformation/resolve-template.ts';
import { httpApiRoutes } from '../../../local/http-api/from-template.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:Main-Fn';
const INVOCATION_ARN = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;

type Properties = Readonly<Record<string, unknown>>;

const declared = (): Record<string, Properties> => ({
  Api: { ProtocolType: 'HTTP', Name: 'api' },
  Stage: { StageName: 'v1' },
  Integration: { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0', IntegrationUri: INVOCATION_ARN },
  Authorizer: {
    AuthorizerType: 'REQUEST',
    AuthorizerPayloadFormatVersion: '2.0',
    AuthorizerUri: INVOCATION_ARN,
    IdentitySource: ['$request.header.Authorization'],
  },
  Route: {
    RouteKey: 'GET /events',
    Target: { 'Fn::Sub': ['integrations/$' + '{I}', { I: { Ref: 'Integration' } }] },
    AuthorizationType: 'CUSTOM',
    AuthorizerId: { Ref: 'Authorizer' },
  },
});

/** The routes of the template above, with some properties replaced and a resource removed. */
const routesOf = (changes: Record<string, Properties> = {}, removed?: string) => {
  const Resources = Object.fromEntries(
    Object.entries(declared())
      .filter(([id]) => id !== removed)
      .map(([id, properties]) => {
        const ApiId = id === 'Api' ? {} : { ApiId: { Ref: 'Api' } };
        return [
          id,
          { Type: `AWS::ApiGatewayV2::${id}`, Properties: { ...ApiId, ...properties, ...changes[id] } },
        ];
      }),
  );
  const context = {
    stackName: 'Main',
    region: 'eu-west-1',
    account: '000000000000',
    parameters: {},
    queueUrl: (name: string) => name,
    apiUrl: () => 'http://127.0.0.1:4000',
  };
  return httpApiRoutes(resolveTemplate({ Resources }, context).resources);
};

describe('httpApiRoutes', () => {
  it('takes functions from invocation ARNs and plain ARNs, and the defaults of API Gateway', () => {
    const expected = {
      apiId: expect.any(String),
      stageName: 'v1',
      routes: [
        {
          routeKey: 'GET /events',
          functionArn: FUNCTION_ARN,
          authorizer: {
            id: expect.any(String),
            functionArn: FUNCTION_ARN,
            identitySources: ['$request.header.Authorization'],
            ttlSeconds: 300,
            simpleResponses: false,
          },
        },
      ],
    };
    expect(routesOf()).toEqual(expected);
    expect(routesOf({ Integration: { IntegrationUri: FUNCTION_ARN } })).toEqual(expected);
  });

  it('takes a timeout of 50 milliseconds to 30 seconds', () => {
    const timeoutMs = (TimeoutInMillis: number) =>
      routesOf({ Integration: { TimeoutInMillis } }).routes[0]?.timeoutMs;
    expect([timeoutMs(50), timeoutMs(30_000)]).toEqual([50, 30_000]);
    for (const refused of [49, 30_001])
      expect(() => timeoutMs(refused)).toThrow(`TimeoutInMillis ${refused} is not between 50 and 30000`);
  });

  it('keeps a TTL of 0 and leaves the authorizer off an open route', () => {
    const [guarded] = routesOf({ Authorizer: { AuthorizerResultTtlInSeconds: 0 } }).routes;
    expect(guarded?.authorizer?.ttlSeconds).toBe(0);
    const [open] = routesOf({ Route: { AuthorizationType: 'NONE' } }).routes;
    expect(open).toEqual({ routeKey: 'GET /events', functionArn: FUNCTION_ARN });
  });

  it.each<[string, Record<string, Properties>, RegExp]>([
    ['a WebSocket API', { Api: { ProtocolType: 'WEBSOCKET' } }, /Api .*ProtocolType "WEBSOCKET"/],
    [
      'payload format 1.0',
      { Integration: { PayloadFormatVersion: '1.0' } },
      /Integration .*PayloadFormatVersion "1.0"/,
    ],
    [
      'an HTTP integration',
      { Integration: { IntegrationType: 'HTTP_PROXY' } },
      /IntegrationType "HTTP_PROXY"/,
    ],
    ['a parameter mapping', { Integration: { RequestParameters: {} } }, /RequestParameters/],
    [
      'something that is no function',
      { Integration: { IntegrationUri: 'arn:aws:sqs:::q' } },
      /does not name a function/,
    ],
    ['JWT authorization', { Route: { AuthorizationType: 'JWT' } }, /AuthorizationType "JWT"/],
    [
      'an authorizer of format 1.0',
      { Authorizer: { AuthorizerPayloadFormatVersion: '1.0' } },
      /Authorizer .*"1.0"/,
    ],
    ['an authorizer that is not there', { Route: { AuthorizerId: 'gone' } }, /Route .*authorizer is missing/],
    ['an integration that is not there', { Route: { Target: 'integrations/x' } }, /Target 'integrations\/x'/],
    ['stage variables', { Stage: { StageVariables: { a: '1' } } }, /Stage .*StageVariables/],
  ])('refuses %s and names the resource', (_name, changes, problem) => {
    expect(() => routesOf(changes)).toThrow(problem);
  });

  it('wants exactly one API with exactly one stage', () => {
    expect(() => routesOf({}, 'Stage')).toThrow(/exactly one AWS::ApiGatewayV2::Stage; it has 0/);
    expect(() => httpApiRoutes(new Map())).toThrow(/exactly one AWS::ApiGatewayV2::Api; it has 0/);
  });
});
