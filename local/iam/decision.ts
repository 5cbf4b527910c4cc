import type { Reason } from './denial.ts';
import { type Candidate, candidatesFor, type Grant, isSettled, weigh } from './evaluate.ts';
import type { RequestContext } from './request-context.ts';
import { concern } from './resource-policies.ts';
import type { Role } from './roles.ts';
import type { Statement } from './statement.ts';

export type Decision =
  | { readonly allowed: true; readonly grants: readonly Grant[] }
  | { readonly allowed: false; readonly reason: Reason };

/** Decides about one action on one resource for one role, as often as it is asked. */
export interface Decider {
  /** Whether every context leads to the same decision. */
  readonly settled: boolean;
  readonly decide: (context: RequestContext) => Decision;
}

const refused = (reason: Reason): Decision => ({ allowed: false, reason });

/**
 * Prepares a decision from the role's policies and that of the resource. Either side may allow, except that a key, and
 * a role that is to be assumed, must let the account decide before identity policies count.
 */
export const makeDecider = (
  role: Role,
  action: string,
  resource: string,
  resourcePolicy: readonly Statement[],
): Decider => {
  const concerned = resourcePolicy.filter((statement) => concern(statement, role.roleArn) !== 'none');
  const ofIdentity: readonly Candidate[] = candidatesFor(role.statements, action, resource);
  const ofResource: readonly Candidate[] = candidatesFor(concerned, action, resource);
  const ownMustAllow = resource.startsWith('arn:aws:kms:') || action.startsWith('sts:');
  return {
    settled: isSettled([...ofIdentity, ...ofResource]),
    decide(context) {
      const identity = weigh(ofIdentity, resource, context);
      const own = weigh(ofResource, resource, context);
      if (identity.deniedBy)
        return refused({ kind: 'explicit', policy: 'identity-based', by: identity.deniedBy });
      if (own.deniedBy) return refused({ kind: 'explicit', policy: 'resource-based', by: own.deniedBy });
      const named = own.allowedBy.some(({ statement }) => concern(statement, role.roleArn) === 'role');
      if (ownMustAllow && own.allowedBy.length === 0)
        return refused({ kind: 'implicit', policy: 'resource-based' });
      if (named || identity.allowedBy.length > 0) return { allowed: true, grants: identity.allowedBy };
      return refused({ kind: 'implicit', policy: 'identity-based' });
    },
  };
};
