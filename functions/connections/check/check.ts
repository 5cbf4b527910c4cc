import type { ConnectionTest } from '#contracts/connection-health.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { scopeName } from '#contracts/scopes.ts';
import type { CheckOutcome, Connector, DeliveryPorts, ValidationContext } from '../../connectors/define.ts';
import { errorCode, type Log } from '../../platform/log/log.ts';
import type { Cause } from '../activity.ts';
import type { Changes } from '../changes.ts';
import { type ConnectionRecord, type Named, type StoredHealth, standingAt } from '../record.ts';
import type { ReadSecrets } from '../secrets.ts';
import type { ConnectionsStore } from '../store.ts';
import { validateConnection } from '../validate.ts';

export interface CheckDeps extends DeliveryPorts {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly setHealth: Changes['setHealth'];
  readonly readSecrets: ReadSecrets;
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
  const errors = validateConnection(connector, connection, deps.validation);
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

const healthOf = ({ code }: CheckOutcome, checkedAt: string): StoredHealth =>
  code === undefined
    ? { status: 'ok', reasons: [], checked_at: checkedAt }
    : { status: 'degraded', reasons: [{ code: 'check_failed', detail: code }], checked_at: checkedAt };

/** Tries a connection and keeps the outcome as its health. A draft may be tried too, once nothing is wrong with it. */
export const makeCheck =
  (deps: CheckDeps) =>
  async (tenantId: string, named: Named, cause: Cause): Promise<ConnectionTest | Problem> => {
    const tenant = await deps.ofTenant(tenantId, [scopeName(named)]);
    if (!tenant.integrationsEnabled) return problem('tenant.integrations_disabled');
    const connection = standingAt(tenant, named)?.connection;
    const connector = connection && deps.connectorOf(connection.connector_type);
    if (!connector) return problem('connection.not_found');
    const refused = refusalOf(connection, connector, deps);
    if (refused) return refused;
    if (!connector.check) return problem('connection.check_unsupported');
    const outcome = await run(connector.check, connection, deps);
    const atMs = deps.now();
    const checkedAt = new Date(atMs).toISOString();
    const health = healthOf(outcome, checkedAt);
    const deeds = [{ action: 'connection.tested' as const, code: outcome.code }];
    if (!(await deps.setHealth({ connection, health, deeds, cause, atMs }))) {
      return problem('connection.write_conflict');
    }
    const { status, reasons } = health;
    return { status, reasons: [...reasons], diagnostics: { ...outcome.diagnostics }, checked_at: checkedAt };
  };
