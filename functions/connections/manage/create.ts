import type { Connection } from '#contracts/connection-views.ts';
import type { CreateConnection } from '#contracts/connections.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { scopeOf } from '#contracts/scopes.ts';
import { connectorOf } from '../../connectors/all.ts';
import type { Connector } from '../../connectors/define.ts';
import { randomId } from '../../platform/ids.ts';
import type { Cause } from '../activity.ts';
import type { Changes } from '../changes.ts';
import { UNKNOWN_HEALTH } from '../health.ts';
import { newPrincipal } from '../principal.ts';
import type { ConnectionRecord } from '../record.ts';
import { refusedConfig } from '../refused-config.ts';
import { rotate } from '../rotation.ts';
import type { ConnectionsStore } from '../store.ts';
import { knownConfig } from '../validate.ts';
import { toView, type ViewContext } from '../view.ts';
import { chooseSecrets, generatable, type Seal, sealAll, showing } from './chosen-secrets.ts';

export interface CreateDeps extends ViewContext {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly create: Changes['create'];
  readonly seal: Seal;
}

const FIRST = 1;

const draft = (
  tenantId: string,
  connector: Connector,
  input: CreateConnection,
  names: readonly string[],
  nowMs: number,
): ConnectionRecord => {
  const at = new Date(nowMs).toISOString();
  return {
    connection_id: randomId('con'),
    tenant_id: tenantId,
    connector_type: connector.type,
    ...scopeOf(input),
    state: 'draft',
    config: knownConfig(connector, input.config),
    secret_version: names.length > 0 ? FIRST : 0,
    secret_fields: rotate(
      {},
      { names, version: FIRST, nowMs, overlapMs: 0, expiresAt: input.secrets_expire_at },
    ).fields,
    health: UNKNOWN_HEALTH,
    revision: 1,
    created_at: at,
    updated_at: at,
  };
};

/**
 * Creates a draft, valid or not, with its principal and grants. A secret that had to be generated comes back, this
 * once.
 */
export const makeCreate =
  (deps: CreateDeps) =>
  async (tenantId: string, input: CreateConnection, cause: Cause): Promise<Connection | Problem> => {
    const { integrationsEnabled } = await deps.ofTenant(tenantId);
    if (!integrationsEnabled) return problem('tenant.integrations_disabled');
    const connector = connectorOf(input.connector_type);
    if (!connector) return problem('connection.type_unknown');
    const refused = refusedConfig(connector, input.config);
    if (refused.length > 0) return problem('request.invalid', { errors: refused });
    const given = input.secrets ?? {};
    const toGenerate = generatable(connector).filter((name) => given[name] === undefined);
    const secrets = chooseSecrets(connector, given, toGenerate);
    if ('errors' in secrets) return problem('request.invalid', { errors: secrets.errors });
    const atMs = deps.now();
    const connection = draft(tenantId, connector, input, Object.keys(secrets.values), atMs);
    const principal = newPrincipal(connection, connector, cause.actor);
    const sealed = await sealAll(deps.seal, connection, secrets.values, FIRST);
    const deeds = [{ action: 'connection.created' as const, key_id: principal.key_id }];
    const created = await deps.create({ connection, principal, sealed, deeds, cause, atMs });
    if (!created) return problem('connection.exists');
    return showing(toView({ connection, principal }, deps), secrets);
  };
