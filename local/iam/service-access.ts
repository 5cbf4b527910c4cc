import type { ResolvedResource } from '../cloudformation/resolve-template.ts';
import { candidatesFor, weigh } from './evaluate.ts';
import { mergedContext, type Need, type RequestContext } from './request-context.ts';
import { compilePolicy, type Statement } from './statement.ts';

/** What an AWS service tells of whom it acts for; the real endpoints speak TLS only. */
export const contextOfService = (account: string, sourceArn: string): RequestContext =>
  mergedContext(
    new Map([
      ['aws:SourceAccount', [account]],
      ['aws:SourceArn', [sourceArn]],
      ['aws:SecureTransport', ['true']],
    ]),
  );

const speaksOf = ({ principal }: Statement, service: string): boolean => {
  const { AWS, Service }: Readonly<Record<string, unknown>> = Object(principal);
  return principal === '*' || [AWS].flat().includes('*') || [Service].flat().includes(service);
};

/** Whether a resource's own policy lets an AWS service do what it needs. A Deny outweighs every Allow. */
export const serviceMay = (
  policy: readonly Statement[],
  service: string,
  { action, resource, context = new Map() }: Need,
): boolean => {
  const concerned = policy.filter((statement) => speaksOf(statement, service));
  return weigh(candidatesFor(concerned, action, resource), resource, context).allowedBy.length > 0;
};

/** Whether a role's trust policy lets an AWS service take the role on. Throws for what is not evaluated here. */
export const roleTrusts = (role: ResolvedResource, service: string, context: RequestContext): boolean => {
  const { Statement: statements }: Readonly<Record<string, unknown>> = Object(
    role.properties['AssumeRolePolicyDocument'],
  );
  // A trust policy names no resource: it is the role's own.
  const ofRole = [statements ?? []].flat().map((one) => ({ ...Object(one), Resource: '*' }));
  const policy = compilePolicy({ Statement: ofRole }, `${role.logicalId} AssumeRolePolicyDocument`);
  return serviceMay(policy, service, { action: 'sts:AssumeRole', resource: '*', context });
};
