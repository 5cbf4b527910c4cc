import type { APIGatewayProxyEventV2WithLambdaAuthorizer } from 'aws-lambda';
import { type Problem, problem } from '#contracts/errors.ts';
import { TenantId } from '#contracts/ids.ts';
import type { Route } from '#contracts/routes.ts';

/**
 * What the authorizer says of a caller. It identifies and does not decide: a gateway's own refusals cannot carry our
 * error shape, so the refusal is made here, for every route that is not public.
 */
export interface AuthorizerVerdict {
  readonly caller: 'operator' | 'unknown';
}

export type HttpEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<AuthorizerVerdict>;

type Identified =
  | { readonly ok: true; readonly tenantId: string; readonly actor: string }
  | { readonly ok: false; readonly problem: Problem };

const refuse = (code: Parameters<typeof problem>[0]): Identified => ({ ok: false, problem: problem(code) });

const parseTenant = (sent: string | undefined, actor: string): Identified => {
  if (sent === undefined || sent === '') return refuse('tenant.missing');
  const tenantId = TenantId.safeParse(sent);
  return tenantId.success ? { ok: true, tenantId: tenantId.data, actor } : refuse('tenant.malformed');
};

/** Whose call it is and for which tenant: from the header, on admin routes from the path, on platform routes for none. */
export const identify = (route: Pick<Route, 'access'>, event: HttpEvent): Identified => {
  if (route.access === 'public') return { ok: true, tenantId: '', actor: '' };
  const verdict = event.requestContext.authorizer?.lambda;
  if (verdict === undefined) return refuse('auth.token_missing');
  if (verdict.caller !== 'operator') return refuse('auth.token_invalid');
  if (route.access === 'platform') return { ok: true, tenantId: '', actor: verdict.caller };
  return parseTenant(
    route.access === 'admin' ? event.pathParameters?.['tenant_id'] : event.headers['x-tenant-id'],
    verdict.caller,
  );
};
