import { type ConnectionsStore, parkReasonOf, type TenantConnections } from '../../connections/index.ts';
import type { Connector } from '../../connectors/define.ts';
import { mapConcurrently } from '../../platform/concurrency.ts';
import { errorCode, type Log } from '../../platform/log/log.ts';
import type { Parking, Parkings } from '../parkings.ts';
import { type DrainDeps, makeDrain } from './drain.ts';

export interface SweepParkedDeps extends Parkings, DrainDeps {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly connectorOf: (type: string) => Connector | undefined;
  readonly log: Log;
}

const PARKINGS_AT_ONCE = 8;
const MINUTE_MS = 60_000;
const LOOK_MS_MAX = 15 * MINUTE_MS;
/** The index lags behind the rows, by a second as a rule; and a worker parks right after it has said that it will. */
const QUIET_MS = 5 * MINUTE_MS;

/** A connection that is gone, revoked or disabled holds nothing back: its deliveries end with that reason. */
const isStillParked = (
  { integrationsEnabled, connections }: TenantConnections,
  { connection_id }: Parking,
  { connectorOf, now }: SweepParkedDeps,
): boolean => {
  const connection = connections.find((one) => one.connection_id === connection_id);
  const connector = connection && connectorOf(connection.connector_type);
  if (!integrationsEnabled || connection?.state !== 'enabled' || !connector) return false;
  return parkReasonOf(connector, connection, now()) !== undefined;
};

/** The longer it lasts, the rarer it is looked at; whoever mends a connection wakes it. */
const nextLook = ({ since }: Parking, nowMs: number) =>
  nowMs + Math.min(Math.max(nowMs - since, MINUTE_MS), LOOK_MS_MAX);

/** Sends back what was parked for connections that are ready again. */
export const makeSweepParked = (deps: SweepParkedDeps) => {
  const drain = makeDrain(deps);

  const look = async (parking: Parking, untilMs: number): Promise<number> => {
    const nowMs = deps.now();
    const tenant = await deps.ofTenant(parking.tenant_id, parking.scope && [parking.scope]);
    if (isStillParked(tenant, parking, deps)) {
      await deps.postpone(parking, nextLook(parking, nowMs));
      return 0;
    }
    const { sent, empty } = await drain(parking, untilMs);
    if (!empty) await deps.postpone(parking, nowMs);
    else if (parking.touched < nowMs - QUIET_MS) await deps.forget(parking);
    else await deps.postpone(parking, nowMs + MINUTE_MS);
    return sent;
  };

  /** One connection that cannot be swept keeps no other from it. */
  const tryLook = async (parking: Parking, untilMs: number): Promise<number | 'failed'> => {
    try {
      return await look(parking, untilMs);
    } catch (error) {
      const { tenant_id, connection_id } = parking;
      deps.log({ stage: 'sweep', outcome: 'failed', code: errorCode(error), tenant_id, connection_id });
      return 'failed';
    }
  };

  /**
   * Looks at all connections whose turn it is, until the time is up. Answers how many deliveries were sent back.
   * @throws when some connections could not be looked at, after all others were
   */
  return async (untilMs: number): Promise<number> => {
    const counts: (number | 'failed')[] = [];
    for await (const parkings of deps.due(deps.now())) {
      counts.push(...(await mapConcurrently(parkings, PARKINGS_AT_ONCE, (one) => tryLook(one, untilMs))));
      if (deps.now() >= untilMs) break;
    }
    const failed = counts.filter((count) => count === 'failed').length;
    if (failed > 0) throw new Error(`${failed} of ${counts.length} connections could not be looked at`);
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  };
};
