import type { Need, RequestContext } from './request-context.ts';

interface AssumedWith {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly externalId: string | undefined;
}

const contextOf = ({ sessionName, tags, externalId }: AssumedWith): RequestContext =>
  new Map([
    ['sts:RoleSessionName', [sessionName]],
    ...(externalId === undefined ? [] : [['sts:ExternalId', [externalId]] as const]),
    ...(tags.size === 0 ? [] : [['aws:TagKeys', [...tags.keys()]] as const]),
    ...[...tags].map(([key, value]) => [`aws:RequestTag/${key}`, [value]] as const),
  ]);

/** What assuming a role needs on the role; a session with tags needs leave to be tagged, too. */
export const assumeRoleNeeds = (request: AssumedWith): readonly Need[] => {
  const actions = ['sts:AssumeRole', ...(request.tags.size === 0 ? [] : ['sts:TagSession'])];
  const context = contextOf(request);
  return actions.map((action) => ({ action, resource: request.roleArn, context }));
};
