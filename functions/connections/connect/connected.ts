import type { Authorization } from '#contracts/authorization.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import type { ValidationContext } from '../../connectors/define.ts';
import type { VendorAccount } from '../../connectors/oauth.ts';
import { randomId } from '../../platform/ids.ts';
import type { TokenGrant } from '../oauth/token-answer.ts';
import type { OAuthConnector } from '../oauth/vendor.ts';
import type { ConnectionRecord } from '../record.ts';
import { validateConnection } from '../validate.ts';
import type { Pending } from './pending.ts';

export interface Granting {
  readonly tenantId: string;
  readonly connector: OAuthConnector;
  readonly pending: Pending;
  readonly grant: TokenGrant;
  readonly account: VendorAccount;
}

const authorizationOf = ({ pending, grant, account }: Granting, at: string): Authorization => ({
  status: 'granted',
  ...(account.id === undefined ? {} : { account_id: account.id }),
  base_url: account.baseUrl,
  scopes_requested: [...pending.scopes],
  scopes_granted: [...(grant.scopes ?? pending.scopes)],
  granted_at: at,
});

const draft = ({ tenantId, connector, pending }: Granting, at: string): ConnectionRecord => ({
  connection_id: randomId('con'),
  tenant_id: tenantId,
  connector_type: connector.type,
  scope: pending.scope,
  state: 'draft',
  config: {},
  secret_version: 0,
  secret_fields: {},
  revision: 0,
  created_at: at,
  updated_at: at,
});

/** The same account, or as far as anybody can tell. */
const isSameAccount = (before: Authorization | undefined, { account }: Granting): boolean =>
  before?.account_id === undefined || account.id === undefined || before.account_id === account.id;

/**
 * What a connection becomes with a new grant: a new one when there is none or it is revoked. A draft that is valid now
 * is enabled, for that is what its tenant was after; any other state stays. Data of two accounts must never mix, so
 * another account is refused.
 */
export const connectedRecord = (
  found: ConnectionRecord | undefined,
  granting: Granting,
  context: { readonly nowMs: number; readonly validation: ValidationContext },
): ConnectionRecord | Problem => {
  const at = new Date(context.nowMs).toISOString();
  const before = found === undefined || found.state === 'revoked' ? draft(granting, at) : found;
  if (!isSameAccount(before.authorization, granting)) return problem('connect.account_mismatch');
  const next: ConnectionRecord = {
    ...before,
    config: granting.pending.config ?? before.config,
    authorization: authorizationOf(granting, at),
    revision: before.revision + 1,
    updated_at: at,
  };
  const errors = validateConnection(granting.connector, next, context.validation);
  if (next.state === 'draft') return errors.length > 0 ? next : { ...next, state: 'enabled' };
  return next.state === 'enabled' && errors.length > 0 ? problem('connection.invalid', { errors }) : next;
};
