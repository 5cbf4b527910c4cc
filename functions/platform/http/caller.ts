import type { APIGatewayProxyEventV2WithLambdaAuthorizer } from 'aws-lambda';
import { type ErrorCode, type Problem, problem } from '#contracts/errors.ts';
import { TenantId } from '#contracts/ids.ts';
import type { Role } from '#contracts/roles.ts';
import type { Route } from '#contracts/routes.ts';

interface OperatorVerdict {
  readonly caller: 'operator';
  readonly subject: string;
}

export interface UserVerdict {
  readonly caller: 'user';
  readonly subject: string;
  /** The strongest of the roles that the token names. */
  readonly role: Role;
  /** The tenant that the token names; `''` for a super_admin, who belongs to none. */
  readonly tenantId: string;
  /** From this moment, in epoch milliseconds, the token proves nothing any more. */
  readonly expiresAtMs: number;
}

interface UnknownVerdict {
  readonly caller: 'unknown';
  readonly code: ErrorCode;
}

/**
 * What the authorizer says of a caller. It identifies and does not decide: a gateway's own refusals cannot carry our
 * error shape, so the refusal is made here, for every route that is not public.
 */
export type AuthorizerVerdict = OperatorVerdict | UserVerdict | UnknownVerdict;

export type HttpEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<AuthorizerVerdict>;

/** Who calls, for the record: by which right, and an id that is neither a name nor an e-mail address. */
export interface Caller {
  readonly kind: 'operator' | Role | 'nobody';
  readonly subject: string;
}

/** Who calls, as activity records it; `''` for nobody. */
export const actorOf = ({ kind, subject }: Caller): string => (kind === 'nobody' ? '' : `${kind}:${subject}`);

type CalledRoute = Pick<Route, 'access' | 'method'>;

type Identified =
  | { readonly ok: true; readonly caller: Caller; readonly tenantId: string }
  | { readonly ok: false; readonly problem: Problem };

type Tenant =
  | { readonly ok: true; readonly tenantId: string }
  | { readonly ok: false; readonly problem: Problem };

const refuse = (code: ErrorCode) => ({ ok: false as const, problem: problem(code) });

/** What each kind of caller may call. A member of a tenant reads. */
const rights: Readonly<Record<Caller['kind'], (route: CalledRoute) => boolean>> = {
  nobody: ({ access }) => access === 'public',
  tenant_member: ({ access, method }) => access === 'tenant' && method === 'GET',
  tenant_admin: ({ access }) => access === 'tenant',
  super_admin: () => true,
  operator: () => true,
};

const parseTenant = (sent: string | undefined): Tenant => {
  if (sent === undefined || sent === '') return refuse('tenant.missing');
  const tenantId = TenantId.safeParse(sent);
  return tenantId.success ? { ok: true, tenantId: tenantId.data } : refuse('tenant.malformed');
};

/** A tenant's user is of the tenant that his token names, whatever the header says. */
const tenantOfUser = (own: string, sent: string | undefined): Tenant => {
  if (own === '') return refuse('auth.tenant_unknown');
  if (sent === undefined || sent === '') return { ok: true, tenantId: own };
  const named = parseTenant(sent);
  return named.ok && named.tenantId !== own ? refuse('tenant.foreign') : named;
};

/** `own` is the tenant that the caller is bound to; `undefined` for one who may name any. */
const tenantOf = (route: CalledRoute, event: HttpEvent, own: string | undefined): Tenant => {
  if (route.access === 'platform') return { ok: true, tenantId: '' };
  if (route.access === 'admin') return parseTenant(event.pathParameters?.['tenant_id']);
  const sent = event.headers['x-tenant-id'];
  return own === undefined ? parseTenant(sent) : tenantOfUser(own, sent);
};

/**
 * Whose call it is and for which tenant: from the header, on admin routes from the path, on platform routes for none, for a
 * tenant's user from the token. The gateway may give a verdict that it kept, so the token's end is looked at again.
 */
export const identify = (route: CalledRoute, event: HttpEvent): Identified => {
  if (route.access === 'public') return { ok: true, caller: { kind: 'nobody', subject: '' }, tenantId: '' };
  const verdict = event.requestContext.authorizer?.lambda;
  if (verdict === undefined) return refuse('auth.token_missing');
  if (verdict.caller === 'unknown') return refuse(verdict.code);
  const isUser = verdict.caller === 'user';
  if (isUser && !(verdict.expiresAtMs > event.requestContext.timeEpoch)) return refuse('auth.token_expired');
  const kind = isUser ? verdict.role : verdict.caller;
  if (!rights[kind](route)) return refuse('auth.forbidden');
  const tenant = tenantOf(route, event, isUser && kind !== 'super_admin' ? verdict.tenantId : undefined);
  if (!tenant.ok) return tenant;
  return { ok: true, caller: { kind, subject: verdict.subject }, tenantId: tenant.tenantId };
};
