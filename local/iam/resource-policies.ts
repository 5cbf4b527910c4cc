import type { Resources } from './roles.ts';
import { compilePolicy, type Statement } from './statement.ts';

/** Whom a statement of a resource policy speaks of, seen from one role. */
export type Concern = 'role' | 'account' | 'none';

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

/** Whether the statement names the role itself, only its account, or somebody else. */
export const concern = (statement: Statement, roleArn: string): Concern => {
  const account = roleArn.split(':')[4];
  const principals = awsPrincipals(statement);
  if (principals.some((name) => name === '*' || name === roleArn)) return 'role';
  return principals.some((name) => ROOT.exec(name)?.[1] === account) ? 'account' : 'none';
};

const queueNameOf = (url: unknown): string => String(url).split('/').at(-1) ?? '';

/**
 * The policies of the template's keys and queues by the resource's ARN. Each key has one, and a queue may have one.
 * @throws Error for what is not evaluated here
 */
export const resourcePolicies = (resources: Resources): ReadonlyMap<string, readonly Statement[]> => {
  const all = [...resources.values()];
  const keys = all
    .filter(({ type }) => type === 'AWS::KMS::Key')
    .map(({ logicalId, arn = '', properties }) => {
      const policy = compilePolicy(properties['KeyPolicy'], `${logicalId} KeyPolicy`);
      return [arn, policy.map(checked)] as const;
    });
  const queues = all
    .filter(({ type }) => type === 'AWS::SQS::QueuePolicy')
    .flatMap(({ logicalId, properties }) => {
      const policy = compilePolicy(properties['PolicyDocument'], logicalId).map(checked);
      const names = [properties['Queues'] ?? []].flat().map(queueNameOf);
      return all
        .filter(({ type, physicalName }) => type === 'AWS::SQS::Queue' && names.includes(physicalName))
        .map(({ arn = '' }) => [arn, policy] as const);
    });
  return new Map([...keys, ...queues]);
};
