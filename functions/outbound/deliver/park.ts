import { mapConcurrently } from '../../platform/concurrency.ts';
import { partsOf } from '../keys.ts';
import type { Pointer } from '../pointer.ts';
import { waitingFor } from '../waiting.ts';
import { afterRefusal } from './claim.ts';
import { type DeliverDeps, type PointerResult, ROWS_AT_ONCE } from './deps.ts';
import type { Group } from './group.ts';
import { orAgain } from './or-again.ts';

type ParkedGroup = Extract<Group, { park: unknown }>;

const parkOne = async (
  pointer: Pointer,
  { park: reason }: ParkedGroup,
  deps: DeliverDeps,
): Promise<PointerResult> => {
  const { tenant_id, delivery_id, connector_type, quarantine_id: quarantineId } = pointer;
  const { eventId, connectionId } = partsOf(delivery_id);
  const nowMs = deps.now();
  const waiting = waitingFor(tenant_id, { eventId, connectionId }, nowMs);
  const parked = await deps.park(tenant_id, delivery_id, { nowMs, reason, waiting, quarantineId });
  if (parked.outcome !== 'parked') return afterRefusal(parked, pointer, deps);
  deps.log({
    stage: 'deliver',
    outcome: 'parked',
    code: reason,
    tenant_id,
    event_id: eventId,
    event_type: parked.row.type,
    delivery_id,
    connection_id: connectionId,
    connector_type,
    lag_ms: nowMs - parked.row.received,
  });
  return 'done';
};

/**
 * Lays the deliveries of a connection that is not ready aside, where they cost nothing and the sweep finds them. That
 * there are some is noted first: a worker that dies in between leaves a note too many, and no row without one.
 */
export const park = async (
  pointers: readonly Pointer[],
  group: ParkedGroup,
  deps: DeliverDeps,
): Promise<PointerResult[]> => {
  await deps.touchParking(group.connection);
  return mapConcurrently(pointers, ROWS_AT_ONCE, (pointer) =>
    orAgain(() => parkOne(pointer, group, deps), pointer, deps),
  );
};
