import { CommonConfig } from '#contracts/connections.ts';
import type { ParkReason, SkipReason } from '#contracts/deliveries.ts';
import type { Envelope } from '#contracts/events.ts';
import {
  type ConnectionRecord,
  type ConnectionsStore,
  type Degrade,
  parkReasonOf,
  type ReadSecrets,
  type Standing,
  schemaErrors,
} from '../../connections/index.ts';
import type { Connector, DeliveryBatch } from '../../connectors/define.ts';
import { partsOf } from '../keys.ts';
import type { Outbox } from '../outbox.ts';
import type { Pointer } from '../pointer.ts';
import { withoutPii } from './pii.ts';

export interface GroupDeps {
  readonly now: () => number;
  readonly connector: Connector;
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly readSecrets: ReadSecrets;
  readonly readEvents: Outbox['read'];
  /** Notes on a connection that its connector's schemas have come to refuse it. */
  readonly degrade: Degrade;
}

/** All that a group of deliveries over one connection needs, read before any of its rows is claimed. */
export type Group =
  | { readonly ready: false; readonly skip: SkipReason }
  | { readonly ready: false; readonly park: ParkReason; readonly connection: ConnectionRecord }
  | {
      readonly ready: true;
      readonly standing: Standing;
      readonly config: DeliveryBatch<Record<string, unknown>>['config'];
      readonly secrets: DeliveryBatch<unknown>['secrets'];
      readonly envelopes: ReadonlyMap<string, Envelope>;
    };

const skipReason = (
  integrationsEnabled: boolean,
  connection: ConnectionRecord | undefined,
): SkipReason | undefined => {
  if (!integrationsEnabled) return 'gated';
  // A connection is gone only when it was revoked and another one has taken its place.
  if (connection === undefined || connection.state === 'revoked') return 'connection_revoked';
  return connection.state === 'enabled' ? undefined : 'connection_disabled';
};

const namedBy = ([pointer]: readonly Pointer[]) => ({
  tenantId: pointer?.tenant_id ?? '',
  connectionId: partsOf(pointer?.delivery_id ?? '').connectionId,
  scopes: pointer?.scope === undefined ? [] : [pointer.scope],
});

/** What is sent, and with which secrets. */
const readContents = async (
  pointers: readonly Pointer[],
  { connection, principal }: Standing,
  deps: GroupDeps,
): Promise<Group> => {
  const { pii_allowlist } = CommonConfig.parse(connection.config);
  const eventIds = pointers.map(({ delivery_id }) => partsOf(delivery_id).eventId);
  const [secrets, events] = await Promise.all([
    deps.readSecrets(connection),
    deps.readEvents(connection.tenant_id, eventIds),
  ]);
  return {
    ready: true,
    standing: { connection, principal },
    config: deps.connector.config.parse(connection.config),
    secrets,
    envelopes: new Map([...events].map(([id, envelope]) => [id, withoutPii(envelope, pii_allowlist)])),
  };
};

/**
 * Reads connection, secrets and events of pointers that share tenant and connection. The connection is read anew for
 * each group, so that disabling or revoking it holds from the next group on; one read serves the whole group.
 */
export const readGroup = async (
  pointers: readonly Pointer[],
  deps: GroupDeps,
  failedRevision?: number,
): Promise<Group> => {
  const { tenantId, connectionId, scopes } = namedBy(pointers);
  const tenant = await deps.ofTenant(tenantId, scopes);
  const connection = tenant.connections.find(({ connection_id }) => connection_id === connectionId);
  const skip = skipReason(tenant.integrationsEnabled, connection);
  if (skip !== undefined || connection === undefined)
    return { ready: false, skip: skip ?? 'connection_revoked' };
  const nowMs = deps.now();
  const park = parkReasonOf(deps.connector, connection, nowMs);
  if (park === 'connection_invalid')
    await deps.degrade(connection, schemaErrors(deps.connector, connection, nowMs));
  if (park !== undefined) return { ready: false, park, connection };
  const principal = tenant.principals.find(({ connection_id }) => connection_id === connectionId);
  try {
    return await readContents(pointers, { connection, principal }, deps);
  } catch (error) {
    if (failedRevision === connection.revision) throw error;
    // A rotation or a revocation may have destroyed the secrets after the connection was read: look once more.
    return readGroup(pointers, deps, connection.revision);
  }
};
