import type { Call } from '../call.ts';
import type { Fault, Faults } from '../fault.ts';
import type { Kind } from './events.ts';
import { kindOf, type Names } from './names.ts';

/** A place where code waits for something outside it: one kind of call of one function. */
export interface Point {
  readonly id: string;
  /** Empty for a destination, whose calls do not say who makes them. */
  readonly functionName: string;
  readonly operation: string;
  /** Kinds of the events that get there; none when its calls name no event, and are addressed by tenant. */
  readonly kinds: readonly Kind[];
  /** Whether its calls name no tenant either, as those that look for what is due. */
  readonly isAnybodys: boolean;
}

/** A physical name without the stack's name and CDK's hash: `DispatchFunction`. */
const plain = (name: string): string => name.replace(/^Crossdock-/, '').replace(/[0-9A-F]{8}$/, '');

const CONDITION_CHARACTERS = 18;

/** What of a table a call is about: the kind of its key, `E` in `T#<tenant>#E#…`, and the condition of a write. */
const detailsOf = ({ service, text }: Call): string[] => {
  if (service !== 'dynamodb') return [];
  const kind = /T#[0-9a-f-]{36}#([A-Z]+)/.exec(text)?.[1] ?? '';
  const condition = /"ConditionExpression":"([^"]*)"/.exec(text)?.[1];
  return condition === undefined ? [kind] : [kind, `if ${condition.slice(0, CONDITION_CHARACTERS).trim()}`];
};

/** Tells the points apart, and reads as a line of a report. */
export const pointId = (call: Call): string => {
  const { functionName, service, operation, resource } = call;
  const words = [plain(functionName), service, operation, plain(resource), ...detailsOf(call)];
  return words.filter((word) => word !== '').join(' ');
};

type Found = Omit<Point, 'id' | 'kinds'> & { readonly kinds: Set<Kind> };

/**
 * Faults that never strike, and remember which points there are. A function that only the clock sets off, and that never
 * speaks of an event or of this tenant, has none: it is on no event's way.
 */
export const recordPoints = (names: Names, tenantId: string) => {
  const concerned = new Set(['']);
  const found = new Map<string, { -readonly [Field in keyof Found]: Found[Field] }>();
  let isOn = false;
  const faults: Faults = {
    at(call) {
      const { events, tenantIds } = names.about(call);
      const { functionName, operation } = call;
      if (events.length > 0 || tenantIds.includes(tenantId)) concerned.add(functionName);
      if (!isOn) return undefined;
      const fresh = { functionName, operation, kinds: new Set<Kind>(), isAnybodys: true };
      const point = found.get(pointId(call)) ?? fresh;
      found.set(pointId(call), point);
      if (events.length > 0 || tenantIds.length > 0) point.isAnybodys = false;
      for (const name of events) point.kinds.add(kindOf(name));
      return undefined;
    },
  };
  return {
    faults,
    start: () => {
      isOn = true;
    },
    points: (): readonly Point[] =>
      [...found]
        .filter(([, { functionName }]) => concerned.has(functionName))
        .map(([id, { kinds, ...point }]) => ({ id, ...point, kinds: [...kinds].sort() }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
};

/** A fault before it is known whom it strikes. */
export type FaultKind = 'kill_before' | 'kill_during' | 'kill_after' | Exclude<Fault['kind'], 'kill'>;

const EVERYWHERE: readonly FaultKind[] = [
  'kill_before',
  'kill_during',
  'kill_after',
  'cut',
  'lose_answer',
  'throttle',
  'delay',
];

const BY_OPERATION: Readonly<Record<string, readonly FaultKind[]>> = {
  Invoke: ['throttle', 'lose_answer', 'duplicate'],
  ReceiveMessage: ['duplicate'],
  DeleteMessage: ['lose_answer'],
  BatchGetItem: [...EVERYWHERE, 'partial'],
  BatchWriteItem: [...EVERYWHERE, 'partial'],
  SendMessageBatch: [...EVERYWHERE, 'partial', 'postpone'],
  TransactWriteItems: [...EVERYWHERE, 'conflict'],
};

/** All that can go wrong at a point. */
export const faultsAt = ({ operation }: Point): readonly FaultKind[] => BY_OPERATION[operation] ?? EVERYWHERE;
