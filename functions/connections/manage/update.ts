import type { Connection, UpdateConnection } from '#contracts/connections.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { connectorOf } from '../../connectors/all.ts';
import type { Connector, ValidationContext } from '../../connectors/define.ts';
import type { ConnectionRecord } from '../record.ts';
import { refusedConfig } from '../refused-config.ts';
import type { ConnectionsStore } from '../store.ts';
import { knownConfig, validateConnection } from '../validate.ts';
import { toView } from '../view.ts';

export interface UpdateDeps {
  readonly store: Pick<ConnectionsStore, 'find' | 'gate' | 'replace'>;
  readonly validation: ValidationContext;
  readonly now: () => number;
}

/** What the record would become, or why it cannot. */
const changed = (
  record: ConnectionRecord,
  connector: Connector,
  input: UpdateConnection,
  deps: UpdateDeps,
): ConnectionRecord | Problem => {
  if (record.state === 'revoked') return problem('connection.revoked');
  if (record.state === 'draft' && input.state === 'disabled') return problem('connection.state_invalid');
  const refused = refusedConfig(connector, input.config ?? {});
  if (refused.length > 0) return problem('request.invalid', { errors: refused });
  const next = {
    ...record,
    state: input.state ?? record.state,
    config: input.config === undefined ? record.config : knownConfig(connector, input.config),
    revision: record.revision + 1,
    updated_at: new Date(deps.now()).toISOString(),
  };
  const errors = next.state === 'enabled' ? validateConnection(connector, next, deps.validation) : [];
  return errors.length > 0 ? problem('connection.invalid', { errors }) : next;
};

/** Configures, enables or disables. Nothing that has validation errors becomes or stays enabled. */
export const makeUpdate =
  (deps: UpdateDeps) =>
  async (tenantId: string, connectorType: string, input: UpdateConnection): Promise<Connection | Problem> => {
    if (!(await deps.store.gate(tenantId))) return problem('tenant.integrations_disabled');
    const record = await deps.store.find(tenantId, connectorType);
    const connector = connectorOf(connectorType);
    if (!record || !connector) return problem('connection.not_found');
    const next = changed(record, connector, input, deps);
    if ('code' in next) return next;
    return (await deps.store.replace(next))
      ? toView(next, deps.validation)
      : problem('connection.write_conflict');
  };
