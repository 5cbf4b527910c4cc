import type { ResolvedResource } from '../../../local/cloudformation/resolve-template.ts';
import { type AccessControl, makeAccessControl } from '../../../local/iam/access-control.ts';
import type { Denied } from '../../../local/iam/denial.ts';

export const ACCOUNT = '000000000000';
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

export interface Policies {
  readonly statements?: readonly object[];
  readonly keyPolicy?: readonly object[];
  readonly queuePolicy?: readonly object[];
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

/** The resolved resources of a template with the function `worker`, a table, a queue and a key. */
export const resourcesWith = ({
  statements = [],
  keyPolicy = [ROOT_STATEMENT],
  queuePolicy,
  role,
  more = [],
}: Policies) => {
  const all = [
    resource('AWS::Lambda::Function', 'worker', { Role: ROLE_ARN }),
    resource('AWS::IAM::Role', 'worker-role', role ?? {}, ROLE_ARN),
    resource('AWS::IAM::Policy', 'policy', {
      Roles: ['worker-role'],
      PolicyDocument: { Statement: statements },
    }),
    resource('AWS::KMS::Key', KEY_ID, { KeyPolicy: { Statement: keyPolicy } }, KEY_ARN),
    resource('AWS::SQS::Queue', 'jobs', {}, QUEUE_ARN),
    ...(queuePolicy === undefined
      ? []
      : [
          resource('AWS::SQS::QueuePolicy', 'queue-policy', {
            Queues: ['http://127.0.0.1:1/000000000000/jobs'],
            PolicyDocument: { Statement: queuePolicy },
          }),
        ]),
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
