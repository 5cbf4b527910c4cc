import type { Contents } from './contents.ts';
import { isConnection, isSecrets, type StoredItem, textOf } from './stored-item.ts';
import type { Violation } from './violation.ts';

/** Where the secrets of a connection lie: the version has six digits, so that versions sort as texts. */
const secretsKey = (connection: StoredItem) => {
  const version = textOf(connection, 'secret_version').padStart(6, '0');
  return `T#${connection.tenantId}#S#${textOf(connection, 'connection_id')} version#${version}`;
};

const connectionsWithoutSecrets = ({ items }: Contents): Violation[] => {
  const stored = new Set(items.filter(isSecrets).map(({ pk, sk }) => `${pk} ${sk}`));
  return items
    .filter((item) => isConnection(item) && Number(item.attributes['secret_version']) > 0)
    .filter((item) => !stored.has(secretsKey(item)))
    .map((item) => ({
      rule: 'connection_without_secrets',
      says: `The connection ${textOf(item, 'connection_id')} names version ${textOf(item, 'secret_version')} of its secrets, which is not stored`,
      ids: { tenant_id: item.tenantId, connection_id: textOf(item, 'connection_id') },
    }));
};

const secretsWithoutConnection = ({ items }: Contents): Violation[] => {
  const connectionKey = (tenantId: string, connectionId: string) => `${tenantId} ${connectionId}`;
  const known = new Set(
    items.filter(isConnection).map((item) => connectionKey(item.tenantId, textOf(item, 'connection_id'))),
  );
  return items
    .filter((item) => isSecrets(item) && !known.has(connectionKey(item.tenantId, item.id)))
    .map(({ tenantId, id, sk }) => ({
      rule: 'secrets_without_connection',
      says: `There are secrets of ${id}, which is no connection of its tenant`,
      ids: { tenant_id: tenantId, connection_id: id, sk },
    }));
};

const keysWithoutTenant = ({ items }: Contents): Violation[] =>
  items
    .filter(({ tenantId }) => tenantId === '')
    .map(({ table, pk, sk }) => ({
      rule: 'key_without_tenant',
      says: `A key of ${table} does not begin with a tenant: ${pk}`,
      ids: { table, pk, sk },
    }));

/** Secrets and connections go together, and everything belongs to a tenant. */
export const connectionViolations = (contents: Contents): Violation[] => [
  ...connectionsWithoutSecrets(contents),
  ...secretsWithoutConnection(contents),
  ...keysWithoutTenant(contents),
];
