import type { Invoke } from '../http-api/options.ts';
import { type Denied, deniedService } from '../iam/denial.ts';
import { serviceMayInvoke } from '../iam/invoke-permissions.ts';
import type { LocalFunction } from '../lambda/function.ts';
import { ACCOUNT, REGION } from './options.ts';
import { ofType, type Resources } from './template-resources.ts';

interface GatewayEvent {
  readonly type?: string;
  readonly routeKey: string;
  readonly requestContext: { readonly apiId: string; readonly stage: string };
}

type Functions = ReadonlyMap<string, LocalFunction>;

const authorizerId = (resources: Resources, functionArn: string): string | undefined =>
  ofType(resources, 'AWS::ApiGatewayV2::Authorizer').find(({ properties }) =>
    String(properties['AuthorizerUri']).includes(functionArn),
  )?.physicalName;

const GATEWAY = 'apigateway.amazonaws.com';

const missingPermission = (functionArn: string, sourceArn: string): Denied => {
  const need = { action: 'lambda:InvokeFunction', resource: functionArn };
  return deniedService(functionArn.split(':').at(-1) ?? functionArn, need, GATEWAY, sourceArn);
};

/** How the HTTP API calls functions: only those that the template lets it call, for the route or authorizer at hand. */
export const invokeByGateway = (
  resources: Resources,
  functions: Functions,
  onDenied: (denied: Denied) => void,
): Invoke => {
  const mayInvoke = serviceMayInvoke(resources, GATEWAY);
  const sourceOf = (functionArn: string, event: GatewayEvent): string => {
    const { apiId, stage } = event.requestContext;
    const api = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${apiId}`;
    return event.type === 'REQUEST'
      ? `${api}/authorizers/${authorizerId(resources, functionArn)}`
      : `${api}/${stage}/${event.routeKey.replace(' ', '')}`;
  };
  return async (functionArn, event) => {
    const target = functions.get(functionArn);
    if (!target)
      throw new Error(`A route names the function ${functionArn}, which the template does not have`);
    const source = sourceOf(functionArn, event as GatewayEvent);
    if (mayInvoke(functionArn, source)) return target.invoke(event);
    onDenied(missingPermission(functionArn, source));
    return { ok: false, reason: 'error' };
  };
};
