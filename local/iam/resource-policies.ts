import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import { assumable, type Resources } from './roles.ts';
import { compilePolicy, type Statement } from './statement.ts';

/** Whom a statement of a resource policy speaks of, seen from one role. */
export type Concern = 'role' | 'account' | 'none';

/** The policy of a resource by its ARN; none for a resource that has none. */
export type ResourcePolicies = (resource: string) => readonly Statement[];

type Attached = readonly [arn: string, policy: readonly Statement[]];

const ROLE = /^arn:aws:iam::\d{12}:role\/.+$/;
const ROOT = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/;

const awsPrincipals = ({ principal, place }: Statement): string[] => {
  if (principal === '*') return ['*'];
  const { AWS, Service, ...others }: Readonly<Record<string, unknown>> = Object(principal);
  if (Object.keys(others).length > 0 || (AWS ?? Service) === undefined)
    throw new Error(`${place}: the principal ${JSON.stringify(principal)} is not supported`);
  return [AWS ?? []].flat().map(String);
};

const checked = (statement: Statement): Statement => {
  for (const name of awsPrincipals(statement))
    if (name !== '*' && !ROLE.test(name) && !ROOT.test(name))
      throw new Error(`${statement.place}: the principal ${name} is not supported`);
  return statement;
};

const attached = (arn: string, document: unknown, place: string, own?: string): Attached => [
  arn,
  compilePolicy(document, place, own).map(checked),
];

/** Whether the statement names the role itself, only its account, or somebody else. */
export const concern = (statement: Statement, roleArn: string): Concern => {
  const account = roleArn.split(':')[4];
  const principals = awsPrincipals(statement);
  if (principals.some((name) => name === '*' || name === roleArn)) return 'role';
  return principals.some((name) => ROOT.exec(name)?.[1] === account) ? 'account' : 'none';
};

const queueNameOf = (url: unknown): string => String(url).split('/').at(-1) ?? '';

const ofQueues = ({ logicalId, properties }: ResolvedResource, all: readonly ResolvedResource[]) => {
  const names = [properties['Queues'] ?? []].flat().map(queueNameOf);
  return all
    .filter(({ type, physicalName }) => type === 'AWS::SQS::Queue' && names.includes(physicalName))
    .map(({ arn = '' }) => attached(arn, properties['PolicyDocument'], logicalId));
};

/** A table's own policy and that of its stream, each where there is one. */
const ofTable = ({ logicalId, arn = '', properties }: ResolvedResource): Attached[] => {
  const policyOf = (holder: unknown, at: string, place: string): Attached[] => {
    const policy: unknown = Object(holder)['ResourcePolicy'];
    if (policy === undefined) return [];
    return [attached(at, Object(policy)['PolicyDocument'], `${logicalId} ${place}ResourcePolicy`)];
  };
  return [
    ...policyOf(properties, arn, ''),
    ...policyOf(properties['StreamSpecification'], `${arn}/stream`, 'StreamSpecification.'),
  ];
};

const ofResource = (resource: ResolvedResource, all: readonly ResolvedResource[]): readonly Attached[] => {
  const { type, logicalId, arn = '', properties } = resource;
  if (type === 'AWS::KMS::Key') return [attached(arn, properties['KeyPolicy'], `${logicalId} KeyPolicy`)];
  if (type === 'AWS::SQS::QueuePolicy') return ofQueues(resource, all);
  return type === 'AWS::DynamoDB::Table' ? ofTable(resource) : [];
};

const ofRole = ({ logicalId, arn = '', properties }: ResolvedResource): Attached =>
  attached(arn, properties['AssumeRolePolicyDocument'], `${logicalId} AssumeRolePolicyDocument`, arn);

// An index has no policy of its own: its table's is asked, which must name the index. A stream has one for all labels.
const holderOf = (resource: string): string =>
  resource.replace(/(:table\/[^/]+)(?:\/index\/.*|(\/stream)\/.*)$/, '$1$2');

/**
 * The policies of the template's keys, queues, tables, streams and of the roles that functions may assume.
 * @throws Error for what is not evaluated here
 */
export const resourcePolicies = (resources: Resources): ResourcePolicies => {
  const all = [...resources.values()];
  const policies = new Map([
    ...all.flatMap((resource) => ofResource(resource, all)),
    ...assumable(resources).map(ofRole),
  ]);
  return (resource) => policies.get(holderOf(resource)) ?? [];
};
