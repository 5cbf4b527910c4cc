import type { Authorization } from '#contracts/authorization.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { scopeOf } from '#contracts/scopes.ts';
import type { ValidationContext } from '../../connectors/define.ts';
import type { VendorAccount } from '../../connectors/oauth.ts';
import { randomId } from '../../platform/ids.ts';
import type { Cause, Deed } from '../activity.ts';
import { changedFields } from '../changed-fields.ts';
import type { Change } from '../changes.ts';
import { UNKNOWN_HEALTH } from '../health.ts';
import type { TokenGrant } from '../oauth/token-answer.ts';
import type { OAuthConnector } from '../oauth/vendor.ts';
import { newPrincipal } from '../principal.ts';
import type { ConnectionRecord, PrincipalRecord, Standing } from '../record.ts';
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
  ...scopeOf(pending),
  state: 'draft',
  config: {},
  secret_version: 0,
  secret_fields: {},
  health: UNKNOWN_HEALTH,
  revision: 0,
  created_at: at,
  updated_at: at,
});

/** The same account, or as far as anybody can tell. */
const isSameAccount = (before: Authorization | undefined, { account }: Granting): boolean =>
  before?.account_id === undefined || account.id === undefined || before.account_id === account.id;

interface Context {
  readonly atMs: number;
  readonly validation: ValidationContext;
  readonly cause: Cause;
}

/** What a connection becomes with a new grant. */
const connected = (
  before: ConnectionRecord,
  granting: Granting,
  { atMs, validation }: Context,
): ConnectionRecord | Problem => {
  const at = new Date(atMs).toISOString();
  const next: ConnectionRecord = {
    ...before,
    config: granting.pending.config ?? before.config,
    authorization: authorizationOf(granting, at),
    // What was known is about what it was.
    health: UNKNOWN_HEALTH,
    revision: before.revision + 1,
    updated_at: at,
  };
  const errors = validateConnection(granting.connector, next, validation, atMs);
  if (next.state === 'draft') return errors.length > 0 ? next : { ...next, state: 'enabled' };
  return next.state === 'enabled' && errors.length > 0 ? problem('connection.invalid', { errors }) : next;
};

const deedsOf = (
  before: ConnectionRecord,
  after: ConnectionRecord,
  issued: PrincipalRecord | undefined,
): Deed[] => {
  const changed = issued === undefined ? changedFields(before.config, after.config) : [];
  return [
    ...(issued === undefined ? [] : [{ action: 'connection.created' as const, key_id: issued.key_id }]),
    ...(changed.length === 0 ? [] : [{ action: 'connection.configured' as const, changed }]),
    { action: before.authorization === undefined ? 'connection.connected' : 'connection.reconnected' },
    ...(after.state === before.state ? [] : [{ action: 'connection.enabled' as const }]),
  ];
};

/**
 * What a new grant changes: it makes a connection, with its principal, when there is none or it is revoked. A draft
 * that is valid now is enabled, for that is what its tenant was after; any other state stays. Data of two accounts must
 * never mix, so another account is refused.
 */
export const connectedChange = (
  found: Standing | undefined,
  granting: Granting,
  context: Context,
): Omit<Change, 'tokens'> | Problem => {
  const { atMs, cause } = context;
  const isNew = found === undefined || found.connection.state === 'revoked';
  const before = isNew ? draft(granting, new Date(atMs).toISOString()) : found.connection;
  if (!isSameAccount(before.authorization, granting)) return problem('connect.account_mismatch');
  const connection = connected(before, granting, context);
  if ('code' in connection) return connection;
  const issued = isNew ? newPrincipal(connection, granting.connector, cause.actor) : undefined;
  return {
    connection,
    principal: issued,
    wakes: true,
    deeds: deedsOf(before, connection, issued),
    cause,
    atMs,
  };
};
