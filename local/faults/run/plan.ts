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
// Room enough that the workers whom one blow kills seldom hold what another one struck; a second round takes more of it.
const EVENTS_PER_BLOW_MIN = 6;
const EVENTS_PER_BLOW = 12;

/** Draws what was not drawn before. */
const drawFrom = <T>(all: readonly T[], draw: (bound: number) => number): (() => T | undefined) => {
  const left = [...all];
  return () => left.splice(draw(Math.max(left.length, 1)), 1)[0];
};

type Draw = () => string | undefined;

/** What one event or tenant is struck by: one fault, or two that only together show a mistake. */
type Blow = readonly { readonly point: Point; readonly fault: FaultKind }[];

const isShared = ({ operation, kinds, isAnybodys }: Point): boolean =>
  isAnybodys || (operation === 'Invoke' && kinds.length === 0);

/** Events of these kinds meet every part of the blow. */
const kindsOf = (blow: Blow): readonly Kind[] =>
  blow.map(({ point }) => point.kinds).reduce((some, others) => some.filter((kind) => others.includes(kind)));

const singles = (points: readonly Point[]): readonly Blow[] =>
  points.flatMap((point) => faultsAt(point).map((fault) => [{ point, fault }]));

/** Each doubling of a message or an event with a death at each point on its way: one of the two workers must finish the work. */
const doubles = (points: readonly Point[]): readonly Blow[] => {
  const parts = singles(points).flat();
  const deaths = parts.filter(({ fault }) => fault === 'kill_before');
  return parts
    .filter(({ fault }) => fault === 'duplicate')
    .flatMap((doubling) =>
      deaths
        .filter(({ point }) => point.functionName === doubling.point.functionName)
        .map((death): Blow => [doubling, death]),
    )
    .filter((blow) => kindsOf(blow).length > 0);
};

/**
 * Chooses whom the next blow strikes; nobody when all are taken. No event is chosen twice: what two blows do to one says nothing
 * about either. A tenant is chosen once for each point, because its secrets, once read, are not read again.
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
  return (blow: Blow): string | undefined => {
    const kinds = kindsOf(blow);
    return kinds.length > 0
      ? ofKind.get(kinds[draw(kinds.length)] ?? 'fine')?.()
      : ofPoint.get(blow[0]?.point.id ?? '')?.();
  };
};

/**
 * The faults of a run, which follow from its seed alone: every fault at every point and every pair of a doubling and a death, round
 * after round as far as the events go. The first round is always whole.
 * @throws Error when there are too few events for it
 */
export const makePlan = (
  seed: number,
  points: readonly Point[],
  events: readonly RunEvent[],
): readonly Strike[] => {
  const draw = seededNumbers(seed);
  const targetOf = chooseTargets(points, events, draw);
  const all = [...singles(points), ...doubles(points)];
  const eventsMin = all.filter((blow) => kindsOf(blow).length > 0).length * EVENTS_PER_BLOW_MIN;
  if (events.length < eventsMin)
    throw new Error(`${events.length} events are too few for ${all.length} faults; it takes ${eventsMin}`);
  const rounds = Math.max(1, Math.floor(events.length / (all.length * EVENTS_PER_BLOW)));
  const blows = Array.from({ length: rounds }, () => all).flat();
  return blows.flatMap((blow) => {
    const target = targetOf(blow);
    if (target === undefined) return [];
    return blow.map(({ point, fault }) => ({
      pointId: point.id,
      fault,
      target,
      times: REPEATED.has(fault) ? 1 + draw(TIMES_MAX) : 1,
    }));
  });
};
