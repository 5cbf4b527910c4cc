import { mergedContext, type RequestContext } from './request-context.ts';
import type { Role } from './roles.ts';

/** A session of a role that a function has assumed, as policies see it. */
export interface RoleSession {
  readonly roleArn: string;
  readonly sessionName: string;
  /** The session's tags by their keys. */
  readonly tags: ReadonlyMap<string, string>;
  /** The function that has assumed the role, maybe by way of other roles. */
  readonly functionName: string;
}

/** Who acts: a function, by its name and under its own role, or a session of another role. */
export type Principal = string | RoleSession;

export const nameOf = (principal: Principal): string =>
  typeof principal === 'string' ? principal : principal.sessionName;

/** The ARN under which AWS knows who acts with a role: always a session of it, whose name a function shares. */
export const sessionArn = (account: string, roleName: string, sessionName: string): string =>
  `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`;

/** What conditions know of whoever acts with a role, whatever the call. */
export const contextOfRole = (account: string, { roleArn, tags }: Role): RequestContext =>
  mergedContext(
    tags,
    new Map([
      ['aws:PrincipalArn', [roleArn]],
      // The real endpoints speak TLS only, and every bucket here belongs to this account.
      ['aws:SecureTransport', ['true']],
      ['s3:ResourceAccount', [account]],
    ]),
  );

/** The tags of a session, which count before those of its role. */
export const contextOfSession = (principal: Principal): RequestContext =>
  typeof principal === 'string'
    ? new Map()
    : new Map([...principal.tags].map(([key, value]) => [`aws:PrincipalTag/${key}`, [value]]));
