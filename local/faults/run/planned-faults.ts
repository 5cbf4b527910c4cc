import type { Call, Worker } from '../call.ts';
import type { Fault, Faults } from '../fault.ts';
import { type About, makeNames } from './names.ts';
import { ANYBODY, type Strike } from './plan.ts';
import { pointId } from './points.ts';

const DELAY_MS = 40;
const POSTPONE_SECONDS = 30;

interface Planned {
  readonly strike: Strike;
  left: number;
  /** Its target has passed in a call that another fault struck: it strikes the next call at its point, whoever that is about. */
  isDisplaced: boolean;
}

const killing = (when: 'before' | 'during' | 'after', worker: Worker): Fault => ({
  kind: 'kill',
  when,
  worker,
});

const toFault = (
  { strike: { fault, target }, isDisplaced }: Planned,
  worker: Worker,
  names: ReturnType<typeof makeNames>,
): Fault => {
  switch (fault) {
    case 'kill_before':
      return killing('before', worker);
    case 'kill_during':
      return killing('during', worker);
    case 'kill_after':
      return killing('after', worker);
    case 'partial':
      return {
        kind: 'partial',
        fails: (entry) => isDisplaced || names.about({ text: entry }).events.includes(target),
      };
    case 'delay':
      return { kind: 'delay', ms: DELAY_MS };
    case 'postpone':
      return { kind: 'postpone', seconds: POSTPONE_SECONDS };
    default:
      return { kind: fault };
  }
};

/** The faults of a plan, each at the first call at its point that is about its target. */
export const plannedFaults = (plan: readonly Strike[]) => {
  const names = makeNames();
  const byPoint = Map.groupBy(
    plan.map((strike): Planned => ({ strike, left: strike.times, isDisplaced: false })),
    ({ strike }) => strike.pointId,
  );
  // A call to a destination does not say who makes it: whoever named the event last, which holds its delivery.
  const holders = new Map<string, Worker>();

  const workerOf = ({ functionName, environmentId }: Call, { events }: About): Worker => {
    const worker = { functionName, environmentId };
    if (environmentId === '') return events.flatMap((name) => holders.get(name) ?? [])[0] ?? worker;
    for (const name of events) holders.set(name, worker);
    return worker;
  };

  const take = (call: Call, { events, tenantIds }: About): Planned | undefined => {
    const [planned, ...others] = (byPoint.get(pointId(call)) ?? []).filter(
      ({ strike: { target }, left, isDisplaced }) =>
        left > 0 && (isDisplaced || [ANYBODY, ...events, ...tenantIds].includes(target)),
    );
    if (!planned) return undefined;
    planned.left -= 1;
    for (const other of others) other.isDisplaced = true;
    return planned;
  };

  const faults: Faults = {
    at(call) {
      const about = names.about(call);
      const worker = workerOf(call, about);
      const planned = take(call, about);
      return planned && toFault(planned, worker, names);
    },
  };
  const open = () => [...byPoint.values()].flat().filter(({ left }) => left > 0);
  return {
    faults,
    /** Strikes that still wait for a call. */
    pending: (): readonly Strike[] => open().map(({ strike }) => strike),
    /** Whether a fault still waits for this event, so that it must keep coming. */
    awaits: (eventName: string): boolean =>
      open().some(({ strike, isDisplaced }) => !isDisplaced && strike.target === eventName),
  };
};

export type PlannedFaults = ReturnType<typeof plannedFaults>;
