import type { ConnectionTest } from '#contracts/connection-health.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { scopeName } from '#contracts/scopes.ts';
import type { CheckOutcome, Connector, DeliveryPorts, ValidationContext } from '../../connectors/define.ts';
import { errorCode, type Log } from '../../platform/log/log.ts';
import type { Cause } from '../activity.ts';
import type { Changes } from '../changes.ts';
import { presentHealth } from '../health.ts';
import { type CheckGrant, GRANT_ENDED } from '../oauth/check-grant.ts';
import { isOAuth } from '../oauth/vendor.ts';
import { type ConnectionRecord, type Named, type StoredHealth, standingAt } from '../record.ts';
import type { ReadSecrets } from '../secrets.ts';
import type { ConnectionsStore } from '../store.ts';
import { grantErrors, validateConnection } from '../validate.ts';

export interface CheckDeps extends DeliveryPorts {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly setHealth: Changes['setHealth'];
  readonly readSecrets: ReadSecrets;
  readonly checkGrant: CheckGrant;
  readonly validation: ValidationContext;
  readonly connectorOf: (type: string) => Connector | undefined;
  readonly log: Log;
}

type Check = NonNullable<Connector['check']>;

const refusalOf = (
  connection: ConnectionRecord,
  connector: Connector,
  deps: CheckDeps,
): Problem | undefined => {
  if (connection.state === 'revoked') return problem('connection.revoked');
  const errors = validateConnection(connector, connection, deps.validation, deps.now());
  return errors.length > 0 ? problem('connection.invalid', { errors }) : undefined;
};

/** A connector whose check throws has found something wrong, if only with itself. */
const run = async (check: Check, connection: ConnectionRecord, deps: CheckDeps): Promise<CheckOutcome> => {
  const [secrets = {}] = await deps.readSecrets(connection);
  try {
    return await check({ config: { ...connection.config }, secrets }, deps);
  } catch (error) {
    const { tenant_id, connection_id, connector_type } = connection;
    const ids = { tenant_id, connection_id, connector_type };
    deps.log({ stage: 'check', outcome: 'failed', code: errorCode(error), ...ids });
    return { code: 'connector_failed', diagnostics: {} };
  }
};

/** Tries as the connector says itself, or else by asking the vendor about the grant; undefined where neither is known. */
const attempt = async (
  connector: Connector,
  connection: ConnectionRecord,
  deps: CheckDeps,
): Promise<CheckOutcome | undefined> => {
  if (connector.check) return run(connector.check, connection, deps);
  return isOAuth(connector) ? deps.checkGrant(connector, connection) : undefined;
};

const healthOf = ({ code }: CheckOutcome, connection: ConnectionRecord, checkedAt: string): StoredHealth => {
  const { authorization, connector_type } = connection;
  if (code === GRANT_ENDED && authorization?.status === 'needs_reauth') {
    return {
      ...presentHealth(connection, grantErrors(connector_type, authorization)),
      checked_at: checkedAt,
    };
  }
  return code === undefined
    ? { status: 'ok', reasons: [], checked_at: checkedAt }
    : { status: 'degraded', reasons: [{ code: 'check_failed', detail: code }], checked_at: checkedAt };
};

/** The connection that was checked, as the check has left it: a grant that turned out to have ended is marked on it. */
const leftBy = async (
  { code }: CheckOutcome,
  connection: ConnectionRecord,
  { ofTenant }: CheckDeps,
): Promise<ConnectionRecord> => {
  if (code !== GRANT_ENDED) return connection;
  const tenant = await ofTenant(connection.tenant_id, [scopeName(connection)]);
  const found = standingAt(tenant, connection)?.connection;
  return found?.connection_id === connection.connection_id ? found : connection;
};

/** Tries a connection and keeps the outcome as its health. A draft may be tried too, once nothing is wrong with it. */
export const makeCheck =
  (deps: CheckDeps) =>
  async (tenantId: string, named: Named, cause: Cause): Promise<ConnectionTest | Problem> => {
    const tenant = await deps.ofTenant(tenantId, [scopeName(named)]);
    if (!tenant.integrationsEnabled) return problem('tenant.integrations_disabled');
    const tried = standingAt(tenant, named)?.connection;
    const connector = tried && deps.connectorOf(tried.connector_type);
    if (!connector) return problem('connection.not_found');
    const refused = refusalOf(tried, connector, deps);
    if (refused) return refused;
    const outcome = await attempt(connector, tried, deps);
    if (!outcome) return problem('connection.check_unsupported');
    const connection = await leftBy(outcome, tried, deps);
    const atMs = deps.now();
    const checkedAt = new Date(atMs).toISOString();
    const health = healthOf(outcome, connection, checkedAt);
    const deeds = [{ action: 'connection.tested' as const, code: outcome.code }];
    if (!(await deps.setHealth({ connection, health, deeds, cause, atMs }))) {
      return problem('connection.write_conflict');
    }
    const { status, reasons } = health;
    return { status, reasons: [...reasons], diagnostics: { ...outcome.diagnostics }, checked_at: checkedAt };
  };
