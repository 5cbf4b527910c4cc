import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import type { RequestContext } from './request-context.ts';
import { compilePolicy, type Statement } from './statement.ts';

export type Resources = ReadonlyMap<string, ResolvedResource>;

/** The role that a function runs under, with all that its identity policies say. */
export interface FunctionRole {
  readonly functionName: string;
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

const roleOf = (lambda: ResolvedResource, resources: Resources): FunctionRole => {
  const roleArn = String(lambda.properties['Role']);
  const role = [...resources.values()].find(({ type, arn }) => type === 'AWS::IAM::Role' && arn === roleArn);
  if (!role) throw new Error(`${lambda.logicalId}: its role ${roleArn} is not in the template`);
  if (role.properties['PermissionsBoundary'] !== undefined)
    throw new Error(`${role.logicalId}: PermissionsBoundary is not supported`);
  return {
    functionName: lambda.physicalName,
    roleName: role.physicalName,
    roleArn,
    statements: statementsOf(role, resources),
    tags: new Map(
      records(role.properties['Tags']).map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, [String(Value)]]),
    ),
  };
};

/**
 * The roles of the template's functions by the function's name.
 * @throws Error for a role or a policy that is elsewhere, or says something that is not evaluated here
 */
export const functionRoles = (resources: Resources): ReadonlyMap<string, FunctionRole> =>
  new Map(
    [...resources.values()]
      .filter(({ type }) => type === 'AWS::Lambda::Function')
      .map((lambda) => [lambda.physicalName, roleOf(lambda, resources)]),
  );
