import type { Authorization } from '#contracts/authorization.ts';
import type { HealthReason } from '#contracts/connection-health.ts';
import type { HealthStatus } from '#contracts/connection-views.ts';
import type { ConnectionState, TenantSettings } from '#contracts/connections.ts';
import type { Grant } from '#contracts/principals.ts';
import { type Scoped, scopeName } from '#contracts/scopes.ts';

/** One field of a connection's secrets: which version is in use, and which earlier ones still are. */
export interface SecretField {
  readonly version: number;
  readonly created_at: string;
  /** When it ends at the other side, as far as its tenant has told. */
  readonly expires_at?: string;
  /** Newest first. */
  readonly previous?: readonly { readonly version: number; readonly until: string }[];
}

/** What was last found out about a connection as it is configured now. */
export interface StoredHealth {
  readonly status: HealthStatus;
  readonly reasons: readonly HealthReason[];
  readonly checked_at?: string;
}

/** One connection as it is stored. Secrets are elsewhere; here stands only which there are. */
export interface ConnectionRecord extends Scoped {
  readonly connection_id: string;
  readonly tenant_id: string;
  readonly connector_type: string;
  readonly state: ConnectionState;
  /** Since when its deliveries wait because its tenant said so; absent when they do not. */
  readonly paused_at?: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The latest version that any secret field was given; none is given twice. */
  readonly secret_version: number;
  readonly secret_fields: Readonly<Record<string, SecretField>>;
  /** What the vendor granted; of connections through OAuth that were connected. Its tokens lie with the secrets. */
  readonly authorization?: Authorization;
  readonly health: StoredHealth;
  /** Goes up with each change, so that two writers cannot overwrite one another unseen. */
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** The identity that a connection acts under. It keeps the id of its connection, whose place it shares. */
export interface PrincipalRecord extends Scoped {
  readonly connection_id: string;
  readonly tenant_id: string;
  readonly connector_type: string;
  readonly key_id: string;
  readonly grants: readonly Grant[];
  readonly created_at: string;
  readonly last_used_at?: string;
}

/** A tenant's settings, connections and principals, of those scopes that were read. */
export interface TenantConnections {
  readonly integrationsEnabled: boolean;
  readonly throttles?: TenantSettings['throttles'];
  readonly connections: readonly ConnectionRecord[];
  readonly principals: readonly PrincipalRecord[];
}

/** The connection and the principal that stand at a place now. */
export interface Standing {
  readonly connection: ConnectionRecord;
  readonly principal: PrincipalRecord | undefined;
}

/** Whom a principal is known as. */
export const subjectIdOf = ({ connection_id }: { readonly connection_id: string }): string =>
  `integration:${connection_id}`;

/** Which of a tenant's connections is meant: in that scope the one of a type, or the one of an id. */
export type Named = Scoped & ({ readonly connector_type: string } | { readonly connection_id: string });

/** The connection that is meant, with its principal; undefined when that scope has no such one. */
export const standingAt = (
  { connections, principals }: TenantConnections,
  named: Named,
): Standing | undefined => {
  const at = (record: ConnectionRecord | PrincipalRecord) =>
    scopeName(record) === scopeName(named) &&
    ('connection_id' in named
      ? record.connection_id === named.connection_id
      : record.connector_type === named.connector_type);
  const connection = connections.find(at);
  return connection && { connection, principal: principals.find(at) };
};
