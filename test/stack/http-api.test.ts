import { describe, expect, it } from 'vitest';
import { routes } from '../../contracts/all-routes.ts';
import { type Route, routeKey } from '../../contracts/routes.ts';
import { folderOf, ofType, referred, resourceAt, stringsIn } from './template.ts';

const CATCH_ALL = '$default';

const made = ofType('AWS::ApiGatewayV2::Route');
const authorizers = ofType('AWS::ApiGatewayV2::Authorizer');
const madeFor = (key: string) => made.find(({ properties }) => properties.RouteKey === key);
const keysOf = (some: readonly Route[]) => some.map(routeKey).toSorted();

/** The folder of the function that a route of the template leads to. */
const answererOf = (key: string) => {
  const target = madeFor(key)?.properties.Target['Fn::Join'][1][1];
  return folderOf(resourceAt(resourceAt(target).properties.IntegrationUri));
};

describe('routes', () => {
  it('are those of the contract, and one that answers all others', () => {
    const keys = made.map(({ properties }) => properties.RouteKey);
    expect(keys.toSorted()).toEqual([...keysOf(routes), CATCH_ALL].toSorted());
  });

  it('lead to the function that the contract names', () => {
    for (const route of routes) expect(answererOf(routeKey(route)).split('/')[1]).toBe(route.handler);
    expect(answererOf(CATCH_ALL)).toBe('api/catalogue');
  });

  it('ask the authorizer unless they are public', () => {
    const open = made.filter(({ properties }) => properties.AuthorizationType === 'NONE');
    const guarded = made.filter(
      ({ properties }) =>
        properties.AuthorizationType === 'CUSTOM' && referred(properties.AuthorizerId) === authorizers[0]?.id,
    );
    const isPublic = ({ access }: Route) => access === 'public';
    expect(open.map(({ properties }) => properties.RouteKey).toSorted()).toEqual(
      [...keysOf(routes.filter(isPublic)), CATCH_ALL].toSorted(),
    );
    expect(guarded.map(({ properties }) => properties.RouteKey).toSorted()).toEqual(
      keysOf(routes.filter((route) => !isPublic(route))),
    );
  });
});

describe('the authorizer', () => {
  it('is one, and keeps a verdict for one route only and for a stated time', () => {
    expect(authorizers).toHaveLength(1);
    const properties = authorizers[0]?.properties;
    expect(properties.IdentitySource).toEqual(['$request.header.Authorization', '$context.routeKey']);
    expect(properties.AuthorizerResultTtlInSeconds).toBe(60);
    expect(properties.AuthorizerPayloadFormatVersion).toBe('2.0');
    expect(properties.EnableSimpleResponses).toBe(true);
  });

  it('may be invoked by the gateway, as every answering function may', () => {
    const permissions = ofType('AWS::Lambda::Permission');
    for (const { properties } of permissions) expect(properties.SourceArn).toBeDefined();
    const invoked = permissions
      .filter(({ properties }) => properties.Principal === 'apigateway.amazonaws.com')
      .map(({ properties }) => folderOf(resourceAt(properties.FunctionName)));
    const answering = [...routes.map((route) => answererOf(routeKey(route))), 'api/authorize'];
    expect(new Set(invoked)).toEqual(new Set(answering));
  });
});

describe('the stage', () => {
  const stages = ofType('AWS::ApiGatewayV2::Stage');

  it('logs each access, without query string, headers and bodies', () => {
    expect(stages).toHaveLength(1);
    const { DestinationArn, Format } = stages[0]?.properties.AccessLogSettings ?? {};
    expect(resourceAt(DestinationArn).properties.RetentionInDays).toBeGreaterThan(0);
    const logged = stringsIn(JSON.parse(Format)).map(([, variable]) => variable);
    expect(logged).toContain('$context.requestId');
    // `path` and `protocol` would repeat a query string or a capability in a path.
    expect(logged.filter((variable) => /query|header|path|body|authorizer/i.test(variable))).toEqual([]);
  });

  it('limits the rate of requests', () => {
    expect(stages[0]?.properties.DefaultRouteSettings.ThrottlingRateLimit).toBeGreaterThan(0);
    expect(stages[0]?.properties.DefaultRouteSettings.ThrottlingBurstLimit).toBeGreaterThan(0);
  });
});
