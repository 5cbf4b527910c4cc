import type { Need } from './request-context.ts';
import type { FunctionRole } from './roles.ts';
import type { Statement } from './statement.ts';

/** A call that was refused, as an observer is told. */
export interface Denied {
  readonly functionName: string;
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

/** The error text of AWS for a refused call. */
export const denialMessage = (
  account: string,
  functionName: string,
  role: Pick<FunctionRole, 'roleName'> | undefined,
  { action, resource }: Need,
  { kind, policy }: Reason,
): string => {
  const user = `arn:aws:sts::${account}:assumed-role/${role?.roleName ?? 'unknown'}/${functionName}`;
  const why =
    kind === 'explicit'
      ? `with an explicit deny in ${policy === 'identity-based' ? 'an' : 'a'} ${policy} policy`
      : `because no ${policy} policy allows the ${action} action`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
};

export const deniedOf = (functionName: string, { action, resource }: Need, reason: Reason): Denied => ({
  functionName,
  action,
  resource,
  statement: JSON.stringify(
    reason.kind === 'explicit' ? reason.by.document : { Effect: 'Allow', Action: action, Resource: resource },
  ),
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
