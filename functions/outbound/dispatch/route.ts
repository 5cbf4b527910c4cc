import { CommonConfig } from '#contracts/connections.ts';
import type { SkipReason } from '#contracts/deliveries.ts';
import { innerScope } from '#contracts/scopes.ts';
import type { ConnectionRecord, TenantConnections } from '../../connections/index.ts';
import type { OutboxEntry } from '../outbox.ts';

export interface Route {
  readonly connection: ConnectionRecord;
  /** Why the event is not sent over this connection; absent when it is. */
  readonly skip?: SkipReason;
}

/** A connection of an occasion or event is for those events alone that name it. */
const isFor = (connection: ConnectionRecord, { scope }: OutboxEntry): boolean =>
  connection.scope === 'platform' || innerScope(connection) === scope;

const reasonToSkip = (
  { integrationsEnabled }: TenantConnections,
  connection: ConnectionRecord,
  entry: OutboxEntry,
): SkipReason | undefined => {
  if (!integrationsEnabled) return 'gated';
  if (connection.state !== 'enabled') return 'connection_disabled';
  const config = CommonConfig.safeParse(connection.config).data;
  if (config?.events?.[entry.event_type] === false) return 'event_type_off';
  if (entry.non_strict && config?.non_strict_signals === false) return 'non_strict_signals_off';
  return undefined;
};

/**
 * Which connections an event goes to, and which it does not go to and why. A draft has never been a destination and
 * a revoked connection is none any more, and one of another occasion or event is none of this event; every other
 * connection gets an answer.
 */
export const routesOf = (tenant: TenantConnections, entry: OutboxEntry): Route[] =>
  tenant.connections
    .filter(({ state }) => state === 'enabled' || state === 'disabled')
    .filter((connection) => isFor(connection, entry))
    .map((connection) => {
      const skip = reasonToSkip(tenant, connection, entry);
      return skip === undefined ? { connection } : { connection, skip };
    });
