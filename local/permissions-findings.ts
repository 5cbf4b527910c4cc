import type { Denied } from './iam/denial.ts';
import type { GrantUsage, RoleUsage } from './iam/usage.ts';

/** A grant that may stay unused: an action of a holder on resources whose ARN ends like this. */
export interface PermissionException {
  /** The start of the holder's name. */
  readonly holder: string;
  readonly action: string;
  readonly resourceEnd: string;
  readonly reason: string;
}

/** One grant that nobody needed. */
export interface UnusedGrant extends Omit<GrantUsage, 'used'> {
  readonly holder: string;
}

/** What a run of the scenario tells of the roles. */
export interface PermissionFindings {
  readonly roles: readonly RoleUsage[];
  /** What no exception excuses. */
  readonly neverUsed: readonly UnusedGrant[];
  /** Each kind of refusal once. */
  readonly denied: readonly Denied[];
  readonly excused: readonly (UnusedGrant & Pick<PermissionException, 'reason'>)[];
  /** Exceptions that excuse nothing any more. */
  readonly needless: readonly PermissionException[];
  /** Why the scenario did not come to its end; absent when it did. */
  readonly failure?: string;
}

const excuses = ({ holder, action, resourceEnd }: PermissionException, unused: UnusedGrant): boolean =>
  unused.holder.startsWith(holder) && unused.action === action && unused.resource.endsWith(resourceEnd);

const unusedOf = ({ holder, granted }: RoleUsage): UnusedGrant[] =>
  granted.filter(({ used }) => !used).map(({ used: _, ...grant }) => ({ holder, ...grant }));

/** Judges what a run used and was denied. An exception excuses a grant, never a denial. */
export const permissionFindings = (
  roles: readonly RoleUsage[],
  denied: readonly Denied[],
  exceptions: readonly PermissionException[],
): PermissionFindings => {
  const unused = roles.flatMap(unusedOf);
  const excuseOf = (one: UnusedGrant) => exceptions.find((exception) => excuses(exception, one));
  return {
    roles,
    neverUsed: unused.filter((one) => !excuseOf(one)),
    denied: [...new Map(denied.map((one) => [JSON.stringify(one), one])).values()],
    excused: unused.flatMap((one) => {
      const exception = excuseOf(one);
      return exception ? [{ ...one, reason: exception.reason }] : [];
    }),
    needless: exceptions.filter((exception) => !unused.some((one) => excuses(exception, one))),
  };
};

/** Whether the roles hold exactly what the scenario needs, exceptions aside. */
export const isFaultless = ({ neverUsed, denied, needless, failure }: PermissionFindings): boolean =>
  neverUsed.length + denied.length + needless.length === 0 && failure === undefined;
