import type { SettledRow } from '../deliveries.ts';
import { partsOf } from '../keys.ts';
import type { Claimed, DeliverDeps, PointerResult } from './deps.ts';

/** Sees to it that a pointer is where its settled row says: in the lane, in quarantine, or nowhere: the index has the row. */
const follow = async ({ pointer }: Claimed, settled: SettledRow, deps: DeliverDeps): Promise<void> => {
  const { quarantine_id: _, ...plain } = pointer;
  if (settled.state === 'retry' && settled.wait === undefined)
    await deps.sendLater(plain, (settled.due ?? 0) - deps.now());
  if (settled.state === 'quarantined' && settled.quarantine_id !== undefined) {
    await deps.sendToQuarantine({ ...plain, quarantine_id: settled.quarantine_id });
  }
};

const logSettled = ({ pointer, row }: Claimed, settled: SettledRow, deps: DeliverDeps) => {
  const { eventId, connectionId } = partsOf(pointer.delivery_id);
  deps.log({
    stage: 'deliver',
    outcome: settled.state,
    code: settled.reason,
    tenant_id: pointer.tenant_id,
    event_id: eventId,
    event_type: row.type,
    delivery_id: pointer.delivery_id,
    connection_id: connectionId,
    connector_type: pointer.connector_type,
    attempt: settled.attempts.at(-1)?.n,
    duration_ms: settled.attempts.at(-1)?.duration_ms,
    lag_ms: deps.now() - row.received,
  });
};

/**
 * Writes what a row became, then moves its pointer. A worker that dies between the two leaves its message in the
 * lane, and whoever takes that message finds the row as it is and moves the pointer.
 */
export const record = async (
  claimed: Claimed,
  settled: SettledRow,
  deps: DeliverDeps,
): Promise<PointerResult> => {
  const { pointer, leaseId } = claimed;
  const held = await deps.settle(pointer.tenant_id, pointer.delivery_id, leaseId, settled);
  // Someone else took the row over after our lease ran out; the message finds out what became of it.
  if (!held) return 'again';
  logSettled(claimed, settled, deps);
  await follow(claimed, settled, deps);
  return 'done';
};
