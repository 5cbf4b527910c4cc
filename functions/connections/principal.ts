import type { Principal } from '#contracts/principals.ts';
import { scopeOf } from '#contracts/scopes.ts';
import type { Connector } from '../connectors/define.ts';
import { randomId } from '../platform/ids.ts';
import { type ConnectionRecord, type PrincipalRecord, subjectIdOf } from './record.ts';

/** A new key of a principal; whatever was signed in under the one before is told apart by it. */
export const newKeyId = (): string => randomId('key');

/** The principal of a new connection, granted directly and one by one what its connector declares. */
export const newPrincipal = (
  connection: ConnectionRecord,
  connector: Connector,
  grantedBy: string,
): PrincipalRecord => ({
  connection_id: connection.connection_id,
  tenant_id: connection.tenant_id,
  connector_type: connection.connector_type,
  ...scopeOf(connection),
  key_id: newKeyId(),
  grants: connector.actionKeys.map((action_key) => ({
    action_key,
    granted_at: connection.created_at,
    granted_by: grantedBy,
  })),
  created_at: connection.created_at,
});

/** A principal as the API shows it. */
export const principalView = (principal: PrincipalRecord): Principal => ({
  principal_type: 'integration_principal',
  subject_id: subjectIdOf(principal),
  key_id: principal.key_id,
  ...scopeOf(principal),
  action_keys: principal.grants.map(({ action_key }) => action_key),
  grants: [...principal.grants],
  created_at: principal.created_at,
  ...(principal.last_used_at === undefined ? {} : { last_used_at: principal.last_used_at }),
});
