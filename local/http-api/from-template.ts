import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import type { Cors, HttpApiOptions, HttpRoute, LambdaAuthorizer } from './options.ts';

export type DeclaredHttpApi = Pick<HttpApiOptions, 'apiId' | 'stageName' | 'cors' | 'routes'>;

type Resources = ReadonlyMap<string, ResolvedResource>;

const TTL_SECONDS_DEFAULT = 300;
// CloudFormation's documentation of an integration of an HTTP API.
const [TIMEOUT_MS_MIN, TIMEOUT_MS_MAX] = [50, 30_000];
const INVOCATION_ARN = /^arn:aws:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;
const FUNCTION_ARN = /^arn:aws:lambda:[^:]+:\d{12}:function:[^:]+$/;

const fail = ({ logicalId, type }: ResolvedResource, problem: string): never => {
  throw new Error(`${logicalId} (${type}): ${problem}`);
};

const expectValue = (resource: ResolvedResource, property: string, ...accepted: readonly unknown[]) => {
  const value = resource.properties[property];
  if (!accepted.includes(value)) fail(resource, `${property} ${JSON.stringify(value)} is not supported`);
};

const textOf = (resource: ResolvedResource, property: string): string => {
  const value = resource.properties[property];
  return typeof value === 'string' ? value : fail(resource, `${property} is not a string`);
};

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const isTrue = (value: unknown): boolean => String(value) === 'true';

const functionArnOf = (resource: ResolvedResource, property: string): string => {
  const uri = textOf(resource, property);
  const arn = INVOCATION_ARN.exec(uri)?.[1] ?? uri;
  return FUNCTION_ARN.test(arn) ? arn : fail(resource, `${property} '${uri}' does not name a function`);
};

const ofApi = (resources: Resources, apiId: string, kind: string): ResolvedResource[] =>
  [...resources.values()].filter(
    ({ type, properties }) => type === `AWS::ApiGatewayV2::${kind}` && properties['ApiId'] === apiId,
  );

const only = (found: readonly ResolvedResource[], what: string): ResolvedResource => {
  const [first, ...others] = found;
  if (!first || others.length > 0)
    throw new Error(`the template must have exactly one ${what}; it has ${found.length}`);
  return first;
};

const corsOf = (api: ResolvedResource): Cors | undefined => {
  const declared = api.properties['CorsConfiguration'];
  if (declared === undefined) return undefined;
  const cors: Readonly<Record<string, unknown>> = Object(declared);
  const maxAge = cors['MaxAge'];
  return {
    allowOrigins: listOf(cors['AllowOrigins']),
    allowMethods: listOf(cors['AllowMethods']),
    allowHeaders: listOf(cors['AllowHeaders']),
    exposeHeaders: listOf(cors['ExposeHeaders']),
    allowCredentials: isTrue(cors['AllowCredentials']),
    ...(maxAge === undefined ? {} : { maxAgeSeconds: Number(maxAge) }),
  };
};

const authorizerOf = (resource: ResolvedResource): LambdaAuthorizer => {
  expectValue(resource, 'AuthorizerType', 'REQUEST');
  expectValue(resource, 'AuthorizerPayloadFormatVersion', '2.0');
  const { AuthorizerResultTtlInSeconds, EnableSimpleResponses, IdentitySource } = resource.properties;
  return {
    id: resource.physicalName,
    functionArn: functionArnOf(resource, 'AuthorizerUri'),
    identitySources: listOf(IdentitySource),
    ttlSeconds: Number(AuthorizerResultTtlInSeconds ?? TTL_SECONDS_DEFAULT),
    simpleResponses: isTrue(EnableSimpleResponses),
  };
};

const integrationOf = (resource: ResolvedResource): Omit<HttpRoute, 'routeKey' | 'authorizer'> => {
  expectValue(resource, 'IntegrationType', 'AWS_PROXY');
  expectValue(resource, 'PayloadFormatVersion', '2.0');
  expectValue(resource, 'RequestParameters', undefined);
  expectValue(resource, 'ResponseParameters', undefined);
  const functionArn = functionArnOf(resource, 'IntegrationUri');
  const timeout = resource.properties['TimeoutInMillis'];
  if (timeout === undefined) return { functionArn };
  const timeoutMs = Number(timeout);
  return timeoutMs >= TIMEOUT_MS_MIN && timeoutMs <= TIMEOUT_MS_MAX
    ? { functionArn, timeoutMs }
    : fail(resource, `TimeoutInMillis ${timeout} is not between ${TIMEOUT_MS_MIN} and ${TIMEOUT_MS_MAX}`);
};

const routeOf = (
  resource: ResolvedResource,
  integrations: ReadonlyMap<string, ResolvedResource>,
  authorizers: ReadonlyMap<string, ResolvedResource>,
): HttpRoute => {
  expectValue(resource, 'AuthorizationType', undefined, 'NONE', 'CUSTOM');
  const target = textOf(resource, 'Target');
  const integration = integrations.get(target.replace(/^integrations\//, ''));
  if (!integration) return fail(resource, `Target '${target}' is not an integration of this API`);
  const route = { routeKey: textOf(resource, 'RouteKey'), ...integrationOf(integration) };
  if (resource.properties['AuthorizationType'] !== 'CUSTOM') return route;
  const authorizer = authorizers.get(textOf(resource, 'AuthorizerId'));
  return authorizer
    ? { ...route, authorizer: authorizerOf(authorizer) }
    : fail(resource, 'its authorizer is missing');
};

const byName = (resources: readonly ResolvedResource[]) =>
  new Map(resources.map((resource) => [resource.physicalName, resource]));

/**
 * Reads the template's one HTTP API, with its only stage, into what `startHttpApi` needs. Throws an Error, which names the resource,
 * for anything that the gateway here does not do: payload format 1.0, JWT or IAM authorization, parameter mappings, stage variables.
 */
export const httpApiRoutes = (resources: Resources): DeclaredHttpApi => {
  const apis = [...resources.values()].filter(({ type }) => type === 'AWS::ApiGatewayV2::Api');
  const api = only(apis, 'AWS::ApiGatewayV2::Api');
  expectValue(api, 'ProtocolType', 'HTTP');
  const apiId = api.physicalName;
  const stage = only(ofApi(resources, apiId, 'Stage'), 'AWS::ApiGatewayV2::Stage');
  expectValue(stage, 'StageVariables', undefined);
  const integrations = byName(ofApi(resources, apiId, 'Integration'));
  const authorizers = byName(ofApi(resources, apiId, 'Authorizer'));
  const routes = ofApi(resources, apiId, 'Route').map((route) => routeOf(route, integrations, authorizers));
  const cors = corsOf(api);
  return { apiId, stageName: stage.physicalName, routes, ...(cors ? { cors } : {}) };
};
