import { CommonConfig } from '#contracts/connections.ts';
import type { SkipReason } from '#contracts/deliveries.ts';
import type { Envelope } from '#contracts/events.ts';
import type { ConnectionRecord, ConnectionsStore, ReadSecrets } from '../../connections/index.ts';
import type { Connector, DeliveryBatch } from '../../connectors/define.ts';
import { partsOf } from '../keys.ts';
import type { Outbox } from '../outbox.ts';
import type { Pointer } from '../pointer.ts';
import { withoutPii } from './pii.ts';

export interface GroupDeps {
  readonly connector: Connector;
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly readSecrets: ReadSecrets;
  readonly readEvents: Outbox['read'];
}

/** All that a group of deliveries over one connection needs, read before any of its rows is claimed. */
export type Group =
  | { readonly ready: false; readonly skip: SkipReason }
  | {
      readonly ready: true;
      readonly config: DeliveryBatch<Record<string, unknown>>['config'];
      readonly secrets: DeliveryBatch<unknown>['secrets'];
      readonly envelopes: ReadonlyMap<string, Envelope>;
    };

const skipReason = (
  integrationsEnabled: boolean,
  connection: ConnectionRecord | undefined,
): SkipReason | undefined => {
  if (!integrationsEnabled) return 'gated';
  if (connection?.state !== 'enabled') return 'connection_disabled';
  return connection.authorization?.status === 'needs_reauth' ? 'needs_reauth' : undefined;
};

/**
 * Reads connection, secrets and events of pointers that share tenant and connection. The connection is read anew for
 * each group, so that disabling it holds from the next group on; one read serves the whole group.
 */
export const readGroup = async (pointers: readonly Pointer[], deps: GroupDeps): Promise<Group> => {
  const [{ tenant_id: tenantId, delivery_id: firstId } = { tenant_id: '', delivery_id: '' }] = pointers;
  const { connectionId } = partsOf(firstId);
  const { integrationsEnabled, connections } = await deps.ofTenant(tenantId);
  const connection = connections.find(({ connection_id }) => connection_id === connectionId);
  const skip = skipReason(integrationsEnabled, connection);
  if (skip !== undefined || connection === undefined)
    return { ready: false, skip: skip ?? 'connection_disabled' };
  const common = CommonConfig.safeParse(connection.config);
  const own = deps.connector.config.safeParse(connection.config);
  if (!common.success || !own.success) return { ready: false, skip: 'connection_invalid' };
  const [secrets, events] = await Promise.all([
    deps.readSecrets(connection),
    deps.readEvents(
      tenantId,
      pointers.map(({ delivery_id }) => partsOf(delivery_id).eventId),
    ),
  ]);
  const envelopes = new Map(
    [...events].map(([id, envelope]) => [id, withoutPii(envelope, common.data.pii_allowlist)]),
  );
  return { ready: true, config: own.data, secrets: [secrets], envelopes };
};
