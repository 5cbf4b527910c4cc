import type { Contents } from './contents.ts';
import { isConnection, isPrincipal, isSecrets, type StoredItem, textOf } from './stored-item.ts';
import type { Violation } from './violation.ts';

/** The versions in use of a connection's secrets, by field. */
const secretVersions = ({ attributes }: StoredItem): [string, string][] =>
  Object.entries(Object(attributes['secret_fields'])).map(([name, field]) => [
    name,
    String(Object(field).version),
  ]);

/** Where one version of a secret lies: it has six digits, so that versions sort as texts. */
const secretKey = (connection: StoredItem, name: string, version: string) =>
  `T#${connection.tenantId}#S#${textOf(connection, 'connection_id')} version#${version.padStart(6, '0')}#${name}`;

const connectionsWithoutSecrets = ({ items }: Contents): Violation[] => {
  const stored = new Set(items.filter(isSecrets).map(({ pk, sk }) => `${pk} ${sk}`));
  return items.filter(isConnection).flatMap((item) =>
    secretVersions(item)
      .filter(([name, version]) => !stored.has(secretKey(item, name, version)))
      .map(([name, version]) => ({
        rule: 'connection_without_secrets',
        says: `The connection ${textOf(item, 'connection_id')} names version ${version} of its ${name}, which is not stored`,
        ids: { tenant_id: item.tenantId, connection_id: textOf(item, 'connection_id') },
      })),
  );
};

/** A revoked connection keeps nothing to prove itself with. */
const secretsOfRevoked = ({ items }: Contents): Violation[] => {
  const revoked = new Set(
    items
      .filter((item) => isConnection(item) && textOf(item, 'state') === 'revoked')
      .map((item) => textOf(item, 'connection_id')),
  );
  return items
    .filter((item) => isSecrets(item) && revoked.has(item.id))
    .map(({ tenantId, id, sk }) => ({
      rule: 'secrets_of_revoked',
      says: `There are secrets of ${id}, which is revoked`,
      ids: { tenant_id: tenantId, connection_id: id, sk },
    }));
};

/** Whom a connection acts as stands beside it, and is granted nothing once it is revoked. */
const connectionsWithoutPrincipal = ({ items }: Contents): Violation[] => {
  const principals = new Map(
    items
      .filter(isPrincipal)
      .map((item) => [`${item.tenantId} ${textOf(item, 'connection_id')}`, item] as const),
  );
  const grantsOf = (connection: StoredItem) =>
    principals.get(`${connection.tenantId} ${textOf(connection, 'connection_id')}`)?.attributes['grants'];
  return items.filter(isConnection).flatMap((item): Violation[] => {
    const grants = grantsOf(item);
    const ids = { tenant_id: item.tenantId, connection_id: textOf(item, 'connection_id') };
    if (grants === undefined) {
      const says = `The connection ${ids.connection_id} has no principal`;
      return [{ rule: 'connection_without_principal', says, ids }];
    }
    const granted = Array.isArray(grants) && grants.length > 0;
    if (textOf(item, 'state') !== 'revoked' || !granted) return [];
    const says = `The principal of ${ids.connection_id} is still granted what a revoked connection may not do`;
    return [{ rule: 'grants_of_revoked', says, ids }];
  });
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
  ...secretsOfRevoked(contents),
  ...connectionsWithoutPrincipal(contents),
  ...keysWithoutTenant(contents),
];
