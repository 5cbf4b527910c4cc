import type { ResolvedResource } from '../../../local/cloudformation/resolve-template.ts';
import { type AccessControl, makeAccessControl } from '../../../local/iam/access-control.ts';
import type { Denied } from '../../../local/iam/denial.ts';

export const ACCOUNT = '000000000000';
export const TENANT_ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/tenant-role`;
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/worker-role`;
export const QUEUE_ARN = `arn:aws:sqs:eu-central-1:${ACCOUNT}:jobs`;
const KEY_ID = '11111111-2222-3333-4444-555555555555';
export const KEY_ARN = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/${KEY_ID}`;
export const TABLE_ARN = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/events`;

/** What lets the account decide by its identity policies: what CDK gives every key. */
export const ROOT_STATEMENT = {
  Effect: 'Allow',
  Action: 'kms:*',
  Resource: '*',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
};

export interface AssumableRole {
  /** The statements of its trust policy. */
  readonly trust: readonly object[];
  readonly statements: readonly object[];
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Policies {
  readonly statements?: readonly object[];
  readonly keyPolicy?: readonly object[];
  readonly queuePolicy?: readonly object[];
  readonly tablePolicy?: readonly object[];
  readonly streamPolicy?: readonly object[];
  readonly assumable?: AssumableRole;
  readonly role?: Readonly<Record<string, unknown>>;
  readonly more?: readonly ResolvedResource[];
}

const resource = (
  type: string,
  physicalName: string,
  properties: Readonly<Record<string, unknown>>,
  arn?: string,
): ResolvedResource => ({
  logicalId: `The${physicalName}`,
  type,
  physicalName,
  properties,
  ...(arn === undefined ? {} : { arn }),
});

/** A policy document as CDK writes it. */
export const documentOf = (Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });

const attachedPolicy = (statements: readonly object[] | undefined) =>
  statements === undefined ? {} : { ResourcePolicy: { PolicyDocument: documentOf(statements) } };

const tableWith = ({ tablePolicy, streamPolicy }: Policies): Readonly<Record<string, unknown>> => ({
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'owner'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-owner',
      KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_IMAGE', ...attachedPolicy(streamPolicy) },
  ...attachedPolicy(tablePolicy),
});

const assumableResources = ({ trust, statements, tags = {} }: AssumableRole): ResolvedResource[] => [
  resource(
    'AWS::IAM::Role',
    'tenant-role',
    {
      AssumeRolePolicyDocument: documentOf(trust),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    },
    TENANT_ROLE_ARN,
  ),
  resource('AWS::IAM::Policy', 'tenant-policy', {
    Roles: ['tenant-role'],
    PolicyDocument: documentOf(statements),
  }),
];

/** The resolved resources of a template with the function `worker`, a table, a queue and a key. */
export const resourcesWith = (policies: Policies) => {
  const { statements = [], keyPolicy = [ROOT_STATEMENT], queuePolicy, assumable, role, more = [] } = policies;
  const all = [
    resource('AWS::Lambda::Function', 'worker', { Role: ROLE_ARN }),
    resource('AWS::IAM::Role', 'worker-role', role ?? {}, ROLE_ARN),
    resource('AWS::IAM::Policy', 'policy', {
      Roles: ['worker-role'],
      PolicyDocument: documentOf(statements),
    }),
    resource('AWS::KMS::Key', KEY_ID, { KeyPolicy: documentOf(keyPolicy) }, KEY_ARN),
    resource('AWS::DynamoDB::Table', 'events', tableWith(policies), TABLE_ARN),
    resource('AWS::SQS::Queue', 'jobs', {}, QUEUE_ARN),
    ...(queuePolicy === undefined
      ? []
      : [
          resource('AWS::SQS::QueuePolicy', 'queue-policy', {
            Queues: ['http://127.0.0.1:1/000000000000/jobs'],
            PolicyDocument: documentOf(queuePolicy),
          }),
        ]),
    ...(assumable ? assumableResources(assumable) : []),
    ...more,
  ];
  return new Map(all.map((one) => [one.logicalId, one]));
};

/** Access control over these policies, and what it refused. */
export const accessWith = (policies: Policies): AccessControl & { readonly denied: Denied[] } => {
  const denied: Denied[] = [];
  const access = makeAccessControl({ account: ACCOUNT, onDenied: (one) => denied.push(one) });
  access.load(resourcesWith(policies));
  return { ...access, denied };
};

export const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});

export const deny = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
});

/** A policy variable, as it stands in a policy. */
export const variable = (name: string): string => `\${${name}}`;
