import type { Authorization } from '#contracts/authorization.ts';
import type { ConnectionState } from '#contracts/connections.ts';

/** One connection as it is stored. Secrets are elsewhere; here stands only which there are. */
export interface ConnectionRecord {
  readonly connection_id: string;
  readonly tenant_id: string;
  readonly connector_type: string;
  readonly scope: 'platform';
  readonly state: ConnectionState;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secret_version: number;
  /** Secret field → when it was stored. */
  readonly secret_fields: Readonly<Record<string, string>>;
  /** What the vendor granted; of connections through OAuth that were connected. Its tokens lie with the secrets. */
  readonly authorization?: Authorization;
  /** Goes up with each write, so that two writers cannot overwrite one another unseen. */
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A tenant's roll-out gate and connections, as one read gives them. */
export interface TenantConnections {
  readonly integrationsEnabled: boolean;
  readonly connections: readonly ConnectionRecord[];
}
