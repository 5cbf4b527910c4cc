import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import type { RequestContext } from './request-context.ts';
import { compilePolicy, type Statement } from './statement.ts';

export type Resources = ReadonlyMap<string, ResolvedResource>;

/** A role of the template, with all that its identity policies say. */
export interface Role {
  readonly roleName: string;
  readonly roleArn: string;
  readonly statements: readonly Statement[];
  /** The tags of the role, as the keys that conditions and variables know. */
  readonly tags: RequestContext;
}

const records = (value: unknown): Readonly<Record<string, unknown>>[] =>
  [value ?? []].flat().map((entry) => Object(entry));

const names = (value: unknown): string[] => [value ?? []].flat().map(String);

const isAttached = (policy: ResolvedResource, role: ResolvedResource): boolean => {
  if (policy.type === 'AWS::IAM::Policy' || policy.type === 'AWS::IAM::ManagedPolicy')
    return names(policy.properties['Roles']).includes(role.physicalName);
  return false;
};

const managedBy = (role: ResolvedResource, resources: Resources): ResolvedResource[] =>
  names(role.properties['ManagedPolicyArns']).map((arn) => {
    const found = [...resources.values()].find(
      (one) => one.type === 'AWS::IAM::ManagedPolicy' && arn.endsWith(`:policy/${one.physicalName}`),
    );
    if (!found) throw new Error(`${role.logicalId}: the managed policy ${arn} is not in the template`);
    return found;
  });

const statementsOf = (role: ResolvedResource, resources: Resources): Statement[] => {
  const attached = [...resources.values()].filter((policy) => isAttached(policy, role));
  const inline = records(role.properties['Policies']).flatMap(({ PolicyName, PolicyDocument }) =>
    compilePolicy(PolicyDocument, `${role.logicalId} ${PolicyName}`),
  );
  const apart = [...new Set([...attached, ...managedBy(role, resources)])].flatMap((policy) =>
    compilePolicy(policy.properties['PolicyDocument'], policy.logicalId),
  );
  return [...inline, ...apart];
};

/** What an ARN calls its resource, such as `schedule/default/sweep`; no name of a function looks like it. */
export const nameInArn = (arn: string): string => arn.split(':').slice(5).join(':');

/** The role of the template with that ARN. Throws, naming the resource that needs it, when there is none. */
export const roleWithArn = (roleArn: string, user: string, resources: Resources): ResolvedResource => {
  const role = [...resources.values()].find(({ type, arn }) => type === 'AWS::IAM::Role' && arn === roleArn);
  if (!role) throw new Error(`${user}: its role ${roleArn} is not in the template`);
  return role;
};

const compileRole = (role: ResolvedResource, resources: Resources): Role => {
  if (role.properties['PermissionsBoundary'] !== undefined)
    throw new Error(`${role.logicalId}: PermissionsBoundary is not supported`);
  return {
    roleName: role.physicalName,
    roleArn: role.arn ?? '',
    statements: statementsOf(role, resources),
    tags: new Map(
      records(role.properties['Tags']).map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, [String(Value)]]),
    ),
  };
};

interface RoleUser {
  readonly name: string;
  readonly user: string;
  readonly roleArn: string;
}

const roleUsers = ({ type, logicalId, physicalName, arn = '', properties }: ResolvedResource): RoleUser[] => {
  if (type === 'AWS::Lambda::Function')
    return [{ name: physicalName, user: logicalId, roleArn: String(properties['Role']) }];
  if (type !== 'AWS::Scheduler::Schedule') return [];
  const { RoleArn }: { readonly RoleArn?: unknown } = Object(properties['Target']);
  return [{ name: nameInArn(arn), user: logicalId, roleArn: String(RoleArn) }];
};

const rolesIn = (resources: Resources): ResolvedResource[] =>
  [...resources.values()].filter(({ type }) => type === 'AWS::IAM::Role');

const roleOf = ({ user, roleArn }: RoleUser, resources: Resources): Role =>
  compileRole(roleWithArn(roleArn, user, resources), resources);

/**
 * The roles of the template's functions and schedules, by the name under which each is known.
 * @throws Error for a role or a policy that is elsewhere, or says something that is not evaluated here
 */
export const functionRoles = (resources: Resources): ReadonlyMap<string, Role> =>
  new Map([...resources.values()].flatMap(roleUsers).map((user) => [user.name, roleOf(user, resources)]));

const namesAnAccount = ({ Principal }: Readonly<Record<string, unknown>>): boolean =>
  Principal === '*' || Object(Principal)['AWS'] !== undefined;

/** The roles that something else than a service of AWS may assume, as their trust policies say. */
export const assumable = (resources: Resources): readonly ResolvedResource[] =>
  rolesIn(resources).filter(({ properties }) =>
    records(Object(properties['AssumeRolePolicyDocument'])['Statement']).some(namesAnAccount),
  );

/**
 * The roles that a function may be able to assume, by ARN.
 * @throws Error for a policy that is elsewhere, or says something that is not evaluated here
 */
export const assumableRoles = (resources: Resources): ReadonlyMap<string, Role> =>
  new Map(
    assumable(resources)
      .map((role) => compileRole(role, resources))
      .map((role) => [role.roleArn, role]),
  );
