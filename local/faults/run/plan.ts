import { seededNumbers } from '../../seeded-numbers.ts';
import type { Kind, RunEvent } from './events.ts';
import { type FaultKind, faultsAt, type Point } from './points.ts';

/** One fault that a run has in store: where it strikes, what it is, and whom it strikes. */
export interface Strike {
  readonly pointId: string;
  readonly fault: FaultKind;
  /** The name of an event, the id of a tenant, or `ANYBODY`. */
  readonly target: string;
  /** How often in a row. */
  readonly times: number;
}

/** The target of faults at a point whose calls one caller's answer spares all others: the gateway keeps the authorizer's. */
export const ANYBODY = '*';

// Three tries of the SDK in a row: a fourth refusal is one that the code itself must cope with.
const TIMES_MAX = 4;
const REPEATED: ReadonlySet<FaultKind> = new Set(['throttle', 'cut']);
const EVENTS_PER_STRIKE = 10;

/** Draws what was not drawn before. */
const drawFrom = <T>(all: readonly T[], draw: (bound: number) => number): (() => T | undefined) => {
  const left = [...all];
  return () => left.splice(draw(Math.max(left.length, 1)), 1)[0];
};

type Draw = () => string | undefined;

const isShared = ({ operation, kinds }: Point): boolean => operation === 'Invoke' && kinds.length === 0;

/**
 * Chooses whom the next fault at a point strikes; nobody when all are taken. No event is chosen twice: what two faults do to one
 * says nothing about either. A tenant is chosen once for each point, because its secrets, once read, are not read again.
 */
const chooseTargets = (
  points: readonly Point[],
  events: readonly RunEvent[],
  draw: (bound: number) => number,
) => {
  const namesByKind = Map.groupBy(events, ({ kind }) => kind);
  const ofKind = new Map<Kind, Draw>(
    [...namesByKind].map(([kind, of]) => [
      kind,
      drawFrom(
        of.map(({ name }) => name),
        draw,
      ),
    ]),
  );
  const tenantIds = [...new Set(events.map(({ tenantId }) => tenantId))];
  const ofPoint = new Map<string, Draw>(
    points.map((point) => {
      const targets = isShared(point) ? faultsAt(point).map(() => ANYBODY) : tenantIds;
      return [point.id, drawFrom(targets, draw)];
    }),
  );
  return ({ id, kinds }: Point): string | undefined =>
    kinds.length > 0 ? ofKind.get(kinds[draw(kinds.length)] ?? 'fine')?.() : ofPoint.get(id)?.();
};

/**
 * The faults of a run, which follow from its seed alone: round after round, every fault at every point, until one event in ten is
 * taken. The first round is always whole.
 * @throws Error when there are too few events for it
 */
export const makePlan = (
  seed: number,
  points: readonly Point[],
  events: readonly RunEvent[],
): readonly Strike[] => {
  const draw = seededNumbers(seed);
  const targetOf = chooseTargets(points, events, draw);
  const all = points.flatMap((point) => faultsAt(point).map((fault) => ({ point, fault })));
  const eventsMin = all.length * EVENTS_PER_STRIKE;
  if (events.length < eventsMin)
    throw new Error(`${events.length} events are too few for ${all.length} faults; it takes ${eventsMin}`);
  const rounds = Array.from({ length: Math.floor(events.length / eventsMin) }, () => all).flat();
  return rounds.flatMap(({ point, fault }) => {
    const target = targetOf(point);
    const times = REPEATED.has(fault) ? 1 + draw(TIMES_MAX) : 1;
    return target === undefined ? [] : [{ pointId: point.id, fault, target, times }];
  });
};
