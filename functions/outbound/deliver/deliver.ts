import { asTenant } from '../../platform/aws/as-tenant.ts';
import { mapConcurrently } from '../../platform/concurrency.ts';
import { partsOf } from '../keys.ts';
import type { Pointer } from '../pointer.ts';
import { attempt } from './attempt.ts';
import { claimOne } from './claim.ts';
import { type Claimed, type DeliverDeps, type PointerResult, ROWS_AT_ONCE } from './deps.ts';
import { readGroup } from './group.ts';
import { orAgain } from './or-again.ts';
import { park } from './park.ts';
import { record } from './record.ts';

const groupKey = ({ tenant_id, delivery_id }: Pointer) => `${tenant_id}/${partsOf(delivery_id).connectionId}`;

const isClaimed = (claim: Claimed | PointerResult): claim is Claimed => typeof claim !== 'string';

/** Reads what the group shares, claims its rows, calls the connector once, and records what became of each. */
const deliverGroup = async (pointers: readonly Pointer[], deps: DeliverDeps): Promise<PointerResult[]> => {
  const group = await readGroup(pointers, deps);
  if ('park' in group) return park(pointers, group, deps);
  const claims = await mapConcurrently(pointers, ROWS_AT_ONCE, (pointer) =>
    orAgain(() => claimOne(pointer, deps), pointer, deps),
  );
  const claimed = claims.filter(isClaimed);
  const settled = await attempt(group, claimed, deps);
  const [results] = await Promise.all([
    mapConcurrently(claims, ROWS_AT_ONCE, async (claim) => {
      if (!isClaimed(claim)) return claim;
      const changes = settled.get(claim);
      return changes ? orAgain(() => record(claim, changes, deps), claim.pointer, deps) : 'again';
    }),
    group.ready && claimed.length > 0 ? deps.recordUse(group.standing) : undefined,
  ]);
  return results;
};

/**
 * Delivers what the pointers name, connection by connection, side by side. Answers for each pointer, in order. What a
 * destination does never fails a message; only our own infrastructure can.
 */
export const makeDeliver =
  (deps: DeliverDeps) =>
  async (pointers: readonly Pointer[]): Promise<PointerResult[]> => {
    const results = new Map<Pointer, PointerResult>();
    const groups = [...Map.groupBy(pointers, groupKey).values()];
    await mapConcurrently(groups, ROWS_AT_ONCE, async (group) => {
      const [first] = group;
      if (first === undefined) return;
      const outcomes = await orAgain(
        () => asTenant(first.tenant_id, () => deliverGroup(group, deps)),
        first,
        deps,
      );
      group.forEach((pointer, index) => {
        results.set(pointer, outcomes === 'again' ? 'again' : (outcomes[index] ?? 'again'));
      });
    });
    return pointers.map((pointer) => results.get(pointer) ?? 'again');
  };
