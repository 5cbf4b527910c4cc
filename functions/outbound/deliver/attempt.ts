import type { AttemptOutcome } from '../../connectors/define.ts';
import { randomId } from '../../platform/ids.ts';
import { errorCode } from '../../platform/log/log.ts';
import type { SettledRow } from '../deliveries.ts';
import { partsOf } from '../keys.ts';
import { expiresAtSeconds } from '../retention.ts';
import type { Claimed, DeliverDeps } from './deps.ts';
import type { Group } from './group.ts';
import { type AttemptFacts, settleAttempt, settleSkipped, settleUndeliverable } from './settle.ts';

type Ready = Extract<Group, { ready: true }>;
/** A group whose rows are claimed. */
export type Claimable = Exclude<Group, { park: unknown }>;

/** A row that was claimed this often without a recorded attempt kills its workers. */
const CLAIMS_MAX = 5;
const CONNECTOR_FAILED: AttemptOutcome = { outcome: 'retry', code: 'connector_failed' };

const factsOf = (startedAtMs: number, { pointer }: Claimed, deps: DeliverDeps): AttemptFacts => {
  const endedAtMs = deps.now();
  return {
    eventId: partsOf(pointer.delivery_id).eventId,
    startedAtMs,
    endedAtMs,
    expiresAtSeconds: expiresAtSeconds(endedAtMs, deps.retentionDays),
    random: deps.random,
    newQuarantineId: () => randomId('qua'),
  };
};

const envelopeOf = (group: Ready, { pointer }: Claimed) =>
  group.envelopes.get(partsOf(pointer.delivery_id).eventId);

/** A connector that throws has still made an attempt; the operator must be able to see it. */
const call = async (
  group: Ready,
  claimed: readonly Claimed[],
  deps: DeliverDeps,
): Promise<AttemptOutcome[]> => {
  const envelopes = claimed.flatMap((one) => envelopeOf(group, one) ?? []);
  try {
    const { config, secrets } = group;
    return (await deps.connector.deliver?.({ config, secrets, envelopes }, deps)) ?? [];
  } catch (error) {
    deps.log({
      stage: 'deliver',
      outcome: 'failed',
      code: errorCode(error),
      connector_type: deps.connector.type,
    });
    return [];
  }
};

/** What a claimed row becomes without an attempt, if it cannot be attempted. */
const withoutCall = (group: Claimable, claimed: Claimed, facts: AttemptFacts): SettledRow | undefined => {
  if (!group.ready) return settleSkipped(claimed.row, group.skip, facts);
  if (claimed.row.claims > CLAIMS_MAX) return settleUndeliverable(claimed.row, 'poison', facts);
  return envelopeOf(group, claimed) ? undefined : settleUndeliverable(claimed.row, 'event_expired', facts);
};

/** Calls the connector once for all claimed rows that can be attempted; says what each row becomes. */
export const attempt = async (
  group: Claimable,
  claimed: readonly Claimed[],
  deps: DeliverDeps,
): Promise<ReadonlyMap<Claimed, SettledRow>> => {
  const startedAtMs = deps.now();
  const settled = new Map<Claimed, SettledRow>();
  for (const one of claimed) {
    const changes = withoutCall(group, one, factsOf(startedAtMs, one, deps));
    if (changes) settled.set(one, changes);
  }
  const toCall = claimed.filter((one) => !settled.has(one));
  const answered = group.ready && toCall.length > 0 ? await call(group, toCall, deps) : [];
  const results = toCall.map((_, index) => answered[index] ?? CONNECTOR_FAILED);
  toCall.forEach((one, index) => {
    const result = results[index] ?? CONNECTOR_FAILED;
    settled.set(one, settleAttempt(one.row, result, factsOf(startedAtMs, one, deps)));
  });
  for (const [outcome, of] of Map.groupBy(results, (result) => result.outcome)) {
    deps.count('attempts', of.length, { connector: deps.connector.type, outcome });
  }
  return settled;
};
