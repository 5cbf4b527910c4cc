import { type Decider, type Decision, makeDecider } from './decision.ts';
import { type Denied, denialMessage, deniedOf, type Reason } from './denial.ts';
import { contextOfRole, contextOfSession, nameOf, type Principal, sessionArn } from './principal.ts';
import { mergedContext, type Need, type RequestContext } from './request-context.ts';
import { type ResourcePolicies, resourcePolicies } from './resource-policies.ts';
import { assumableRoles, functionRoles, type Resources, type Role } from './roles.ts';
import { grantKey, type RoleUsage, usageOf } from './usage.ts';

export interface AccessControlOptions {
  readonly account: string;
  /** Told of every refusal before the caller is. */
  readonly onDenied?: (denied: Denied) => void;
}

export interface AccessControl {
  /** Compiles the template's policies; before that, everyone is refused. Throws for what it cannot evaluate. */
  readonly load: (resources: Resources) => void;
  /** Nothing when the role of who acts allows all of it; otherwise why AWS would refuse, in its words. */
  readonly refusal: (principal: Principal, needs: readonly Need[]) => string | undefined;
  /** The ARN of who acts; undefined for a name that no function has. */
  readonly arnOf: (principal: Principal) => string | undefined;
  /** What each role has used so far of what it is granted. */
  readonly usage: () => readonly RoleUsage[];
}

interface RoleAccess {
  readonly role: Role;
  readonly context: RequestContext;
  readonly deciders: Map<string, Decider>;
  readonly settled: Map<string, Decision>;
  readonly used: Set<string>;
}

type Accesses = ReadonlyMap<string, RoleAccess>;

const accessesOf = (account: string, roles: ReadonlyMap<string, Role>): Accesses =>
  new Map(
    [...roles].map(([key, role]) => [
      key,
      {
        role,
        context: contextOfRole(account, role),
        deciders: new Map(),
        settled: new Map(),
        used: new Set(),
      },
    ]),
  );

const UNKNOWN: Reason = { kind: 'implicit', policy: 'identity-based' };

/** Decides for one role; a decision that no context can change is made once. */
const decide = (
  access: RoleAccess,
  principal: Principal,
  need: Need,
  policies: ResourcePolicies,
): Decision => {
  const { action, resource, context = new Map() } = need;
  const key = `${action} ${resource}`;
  const before = access.settled.get(key);
  if (before) return before;
  const decider = access.deciders.get(key) ?? makeDecider(access.role, action, resource, policies(resource));
  access.deciders.set(key, decider);
  const decision = decider.decide(mergedContext(access.context, contextOfSession(principal), context));
  if (decider.settled) access.settled.set(key, decision);
  if (decision.allowed) for (const grant of decision.grants) access.used.add(grantKey(grant));
  return decision;
};

/** Evaluates calls against the roles in whose name they are made. */
export const makeAccessControl = ({ account, onDenied = () => {} }: AccessControlOptions): AccessControl => {
  let functions: Accesses = new Map();
  let assumed: Accesses = new Map();
  let policies: ResourcePolicies = () => [];

  const accessOf = (principal: Principal): RoleAccess | undefined =>
    typeof principal === 'string' ? functions.get(principal) : assumed.get(principal.roleArn);

  const refuse = (principal: Principal, role: Role | undefined, need: Need, reason: Reason): string => {
    onDenied(deniedOf(principal, role, need, reason));
    return denialMessage(account, principal, role, need, reason);
  };

  return {
    load(resources) {
      policies = resourcePolicies(resources);
      functions = accessesOf(account, functionRoles(resources));
      assumed = accessesOf(account, assumableRoles(resources));
    },
    refusal(principal, needs) {
      const access = accessOf(principal);
      for (const need of needs) {
        const decision: Decision = access
          ? decide(access, principal, need, policies)
          : { allowed: false, reason: UNKNOWN };
        if (!decision.allowed) return refuse(principal, access?.role, need, decision.reason);
      }
      return undefined;
    },
    arnOf(principal) {
      const role = accessOf(principal)?.role;
      return role && sessionArn(account, role.roleName, nameOf(principal));
    },
    usage: () => [
      ...[...functions].map(([name, { role, used }]) => usageOf(name, role, used)),
      ...[...assumed.values()].map(({ role, used }) => usageOf(role.roleName, role, used)),
    ],
  };
};
