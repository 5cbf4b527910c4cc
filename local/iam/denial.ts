import { nameOf, type Principal, sessionArn } from './principal.ts';
import type { Need } from './request-context.ts';
import type { Role } from './roles.ts';
import type { Statement } from './statement.ts';

/** A call that was refused, as an observer is told. */
export interface Denied {
  readonly functionName: string;
  /** The role that the function had assumed for the call; absent where it acted under its own. */
  readonly assumedRole?: string;
  readonly action: string;
  readonly resource: string;
  /** JSON of the statement that would allow it or, after an explicit deny, of the one that forbids it. */
  readonly statement: string;
}

/** Why a need is not met. */
export type Reason =
  | { readonly kind: 'implicit'; readonly policy: 'identity-based' | 'resource-based' }
  | {
      readonly kind: 'explicit';
      readonly policy: 'identity-based' | 'resource-based';
      readonly by: Statement;
    };

const whyOf = ({ kind, policy }: Reason, action: string): string => {
  // STS gives no reason, and does not tell a role that is not there from one that may not be assumed.
  if (action.startsWith('sts:')) return '';
  return kind === 'explicit'
    ? ` with an explicit deny in ${policy === 'identity-based' ? 'an' : 'a'} ${policy} policy`
    : ` because no ${policy} policy allows the ${action} action`;
};

/** The error text of AWS for a refused call. */
export const denialMessage = (
  account: string,
  principal: Principal,
  role: Role | undefined,
  { action, resource }: Need,
  reason: Reason,
): string => {
  const user = sessionArn(account, role?.roleName ?? 'unknown', nameOf(principal));
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource}${whyOf(reason, action)}`;
};

const remedy = ({ action, resource }: Need, reason: Reason, role: Role | undefined): object => {
  if (reason.kind === 'explicit') return reason.by.document;
  const Allow = { Effect: 'Allow', Action: action };
  if (reason.policy === 'identity-based') return { ...Allow, Resource: resource };
  const named = { ...Allow, Principal: { AWS: role?.roleArn } };
  return action.startsWith('sts:') ? named : { ...named, Resource: resource };
};

export const deniedOf = (
  principal: Principal,
  role: Role | undefined,
  need: Need,
  reason: Reason,
): Denied => ({
  ...(typeof principal === 'string'
    ? { functionName: principal }
    : { functionName: principal.functionName, assumedRole: role?.roleName ?? principal.roleArn }),
  action: need.action,
  resource: need.resource,
  statement: JSON.stringify(remedy(need, reason, role)),
});

/** A service that may not act for what `sourceArn` names, with the statement that the resource's policy lacks. */
export const deniedService = (
  functionName: string,
  { action, resource }: Need,
  service: string,
  sourceArn: string,
): Denied => ({
  functionName,
  action,
  resource,
  statement: JSON.stringify({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: action,
    Resource: resource,
    Condition: { ArnLike: { 'AWS:SourceArn': sourceArn } },
  }),
});
