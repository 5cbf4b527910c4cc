import { randomId } from '../../platform/ids.ts';
import type { Claim } from '../deliveries.ts';
import type { Pointer } from '../pointer.ts';
import type { Claimed, DeliverDeps, PointerResult } from './deps.ts';

/** Acts on a pointer whose row could not be claimed. */
export const afterRefusal = async (
  claim: Exclude<Claim, { outcome: 'claimed' }>,
  pointer: Pointer,
  deps: Pick<DeliverDeps, 'now' | 'sendLater' | 'sendToQuarantine'>,
): Promise<PointerResult> => {
  if (claim.outcome === 'leased') return 'again';
  if (claim.outcome === 'not_due') await deps.sendLater(pointer, claim.dueMs - deps.now());
  // A plain pointer to a quarantined row: its worker may have died before it reached the quarantine queue.
  if (claim.outcome === 'quarantined' && pointer.quarantine_id === undefined) {
    await deps.sendToQuarantine({ ...pointer, quarantine_id: claim.quarantineId });
  }
  return 'done';
};

/** Takes the row that a pointer names, or does what is left to do for the pointer. */
export const claimOne = async (pointer: Pointer, deps: DeliverDeps): Promise<Claimed | PointerResult> => {
  const leaseId = randomId('lse');
  const options = { nowMs: deps.now(), leaseId, leaseMs: deps.leaseMs, quarantineId: pointer.quarantine_id };
  const claim = await deps.claim(pointer.tenant_id, pointer.delivery_id, options);
  return claim.outcome === 'claimed'
    ? { pointer, row: claim.row, leaseId }
    : afterRefusal(claim, pointer, deps);
};
