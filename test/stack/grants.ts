import { functions, ofType, type Resource, referred } from './template.ts';

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Effect: string;
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const listed = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

export const actionsOf = ({ Action }: Statement): readonly string[] => listed(Action);
export const resourcesOf = ({ Resource }: Statement): readonly unknown[] => listed(Resource);

const policies = ofType('AWS::IAM::Policy');

const statementsOfRole = (role: string | undefined): readonly Statement[] =>
  policies
    .filter((policy) => policy.properties.Roles.map(referred).includes(role))
    .flatMap((policy) => policy.properties.PolicyDocument.Statement);

/** The role that a function takes on for one tenant at a time; undefined for one that works for none. */
export const tenantRoleOf = ({ properties }: Resource): string | undefined =>
  referred(properties.Environment?.Variables.TENANT_ROLE_ARN);

/** What the policies of a function's own role say. */
export const ownStatementsOf = ({ properties }: Resource): readonly Statement[] =>
  statementsOfRole(referred(properties.Role));

/** What the policies say of the role that a function takes on for a tenant. */
export const tenantStatementsOf = (one: Resource): readonly Statement[] => {
  const role = tenantRoleOf(one);
  return role === undefined ? [] : statementsOfRole(role);
};

/** What the policies of a function's roles say. */
export const statementsOf = (one: Resource): readonly Statement[] => [
  ...ownStatementsOf(one),
  ...tenantStatementsOf(one),
];

/** The lane of a connector as `Lane`, so that all lanes read alike; one that is not the function's own keeps its name. */
const withoutLane = (name: string, owner: Resource): string => {
  const own: string | undefined = owner.properties.Environment.Variables.CONNECTOR_TYPE;
  return own === undefined
    ? name.replace(/^Lane[a-z0-9-]+(?=[A-Z])/, 'Lane')
    : name.replace(`Lane${own.replaceAll('-', '')}`, 'Lane');
};

/** A resource of a statement by its name in the stack: `StorageOutbox`, `StorageOutbox.StreamArn`, `…/*` for what is inside. */
const nameOf = (resource: unknown, owner: Resource): string => {
  if (typeof resource === 'string') return resource;
  const joined = (resource as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] })['Fn::Join'];
  if (joined) return joined[1].map((part) => nameOf(part, owner)).join(joined[0]);
  const attribute = (resource as { readonly 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt']?.[1];
  const name = withoutLane(
    (referred(resource) ?? JSON.stringify(resource)).replace(/[0-9A-F]{8}$/, ''),
    owner,
  );
  return attribute === 'Arn' ? name : `${name}.${attribute}`;
};

const isOwnLogGroup = (resource: unknown, { properties }: Resource) =>
  referred(resource) === referred(properties.LoggingConfig.LogGroup);

/** Each action that a function may do, with the resource it may do it on, sorted. Writing its own log is left out. */
export const grantsOf = (one: Resource, of = statementsOf(one)): readonly string[] =>
  of
    .flatMap((statement) =>
      actionsOf(statement).flatMap((action) =>
        resourcesOf(statement)
          .filter((resource) => !(action.startsWith('logs:') && isOwnLogGroup(resource, one)))
          .map((resource) => `${action} ${nameOf(resource, one)}`),
      ),
    )
    .toSorted();

export const statements: readonly Statement[] = functions.flatMap(statementsOf);
