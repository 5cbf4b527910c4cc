import { type Decider, type Decision, makeDecider } from './decision.ts';
import { type Denied, denialMessage, deniedOf, type Reason } from './denial.ts';
import type { Need, RequestContext } from './request-context.ts';
import { resourcePolicies } from './resource-policies.ts';
import { type FunctionRole, functionRoles, type Resources } from './roles.ts';
import { type FunctionUsage, grantKey, usageOf } from './usage.ts';

export interface AccessControlOptions {
  readonly account: string;
  /** Told of every refusal before the caller is. */
  readonly onDenied?: (denied: Denied) => void;
}

export interface AccessControl {
  /** Compiles the template's policies; before that, every function is refused. Throws for what it cannot evaluate. */
  readonly load: (resources: Resources) => void;
  /** Nothing when the function's role allows all of it; otherwise why AWS would refuse, in its words. */
  readonly refusal: (functionName: string, needs: readonly Need[]) => string | undefined;
  /** What each role has used so far of what it is granted, and what it was refused. */
  readonly usage: () => readonly FunctionUsage[];
}

interface RoleAccess {
  readonly role: FunctionRole;
  readonly tagsAndMore: RequestContext;
  readonly deciders: Map<string, Decider>;
  readonly settled: Map<string, Decision>;
  readonly used: Set<string>;
}

// The real endpoints speak TLS only, and every bucket here belongs to this account.
const contextOf = (account: string, { tags }: FunctionRole): RequestContext =>
  new Map([...tags, ['aws:SecureTransport', ['true']], ['s3:ResourceAccount', [account]]]);

const UNKNOWN: Reason = { kind: 'implicit', policy: 'identity-based' };

/** Evaluates calls of functions against their roles; a decision that no context can change is made once. */
export const makeAccessControl = ({ account, onDenied = () => {} }: AccessControlOptions): AccessControl => {
  let functions: ReadonlyMap<string, RoleAccess> = new Map();
  let policies: ReturnType<typeof resourcePolicies> = new Map();
  const denials = new Map<string, Denied>();

  const decide = (access: RoleAccess, { action, resource, context = new Map() }: Need): Decision => {
    const key = `${action} ${resource}`;
    const before = access.settled.get(key);
    if (before) return before;
    const decider =
      access.deciders.get(key) ?? makeDecider(access.role, action, resource, policies.get(resource) ?? []);
    access.deciders.set(key, decider);
    const decision = decider.decide(new Map([...access.tagsAndMore, ...context]));
    if (decider.settled) access.settled.set(key, decision);
    if (decision.allowed) for (const grant of decision.grants) access.used.add(grantKey(grant));
    return decision;
  };

  const refuse = (functionName: string, need: Need, reason: Reason): string => {
    const denied = deniedOf(functionName, need, reason);
    denials.set(`${functionName} ${need.action} ${need.resource}`, denied);
    onDenied(denied);
    return denialMessage(account, functionName, functions.get(functionName)?.role, need, reason);
  };

  return {
    load(resources) {
      policies = resourcePolicies(resources);
      const accesses = [...functionRoles(resources)].map(([name, role]): [string, RoleAccess] => [
        name,
        {
          role,
          tagsAndMore: contextOf(account, role),
          deciders: new Map(),
          settled: new Map(),
          used: new Set(),
        },
      ]);
      functions = new Map(accesses);
    },
    refusal(functionName, needs) {
      const access = functions.get(functionName);
      for (const need of needs) {
        const decision: Decision = access ? decide(access, need) : { allowed: false, reason: UNKNOWN };
        if (!decision.allowed) return refuse(functionName, need, decision.reason);
      }
      return undefined;
    },
    usage: () => [...functions.values()].map(({ role, used }) => usageOf(role, used, [...denials.values()])),
  };
};
