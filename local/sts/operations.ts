import { createHash } from 'node:crypto';
import type { AccessControl } from '../iam/access-control.ts';
import type { Principal } from '../iam/principal.ts';
import { assumeRoleNeeds } from '../iam/sts-needs.ts';
import { readAssumeRole } from './assume-role-request.ts';
import type { Sessions } from './sessions.ts';
import { StsError } from './sts-error.ts';
import type { XmlTree } from './xml.ts';

export interface StsDeps {
  readonly account: string;
  readonly access: Pick<AccessControl, 'arnOf' | 'refusal'>;
  readonly sessions: Sessions;
}

type Operation = (deps: StsDeps, principal: Principal | undefined, form: URLSearchParams) => XmlTree;

/** The id of a role's session: AWS gives each role a random id, here it follows from the session's ARN. */
const sessionId = (arn: string): string => {
  const [, role = '', session = ''] = arn.split('/');
  return `AROA${createHash('sha256').update(role).digest('hex').slice(0, 17).toUpperCase()}:${session}`;
};

const assumeRole: Operation = ({ access, sessions }, principal, form) => {
  const request = readAssumeRole(form);
  // AWS lets no root user assume a role; its words for that are from memory.
  if (principal === undefined)
    throw new StsError('AccessDenied', 'Roles may not be assumed by root accounts.', 403);
  const refusal = access.refusal(principal, assumeRoleNeeds(request));
  if (refusal !== undefined) throw new StsError('AccessDenied', refusal, 403);
  const { roleArn, sessionName, tags } = request;
  const functionName = typeof principal === 'string' ? principal : principal.functionName;
  const session = sessions.begin(
    { roleArn, sessionName, tags, functionName },
    request.durationSeconds * 1000,
  );
  const Arn = access.arnOf(session) ?? '';
  return {
    AssumedRoleUser: { AssumedRoleId: sessionId(Arn), Arn },
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAtMs).toISOString(),
    },
  };
};

const getCallerIdentity: Operation = ({ account, access }, principal) => {
  if (principal === undefined)
    return { Arn: `arn:aws:iam::${account}:root`, UserId: account, Account: account };
  const Arn = access.arnOf(principal);
  if (Arn === undefined)
    throw new StsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  return { Arn, UserId: sessionId(Arn), Account: account };
};

/** What this STS can do, by the name of the action. Each returns the reply's result and throws StsError. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['AssumeRole', assumeRole],
  ['GetCallerIdentity', getCallerIdentity],
]);
