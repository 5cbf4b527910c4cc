import type { Call } from '../call.ts';
import type { Kind } from './events.ts';

const NAME = /cmp_((fine|busy|late|flaky|refused)-\d+)/g;
const ID = /\b(?:evt|dlv)_([0-9a-z]+)/g;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

const unique = (values: Iterable<string>): string[] => [...new Set(values)];

const groups = (text: string, pattern: RegExp): string[] =>
  unique(Array.from(text.matchAll(pattern), ([whole, group]) => group ?? whole));

/** Whom a call is about. */
export interface About {
  /** Names of events. */
  readonly events: readonly string[];
  readonly tenantIds: readonly string[];
}

export const kindOf = (eventName: string): Kind => eventName.replace(/-\d+$/, '') as Kind;

/** Finds the events and tenants that calls speak of. It learns which id is whose when an event is written with both. */
export const makeNames = () => {
  const byId = new Map<string, string>();

  /** An outbox item has the id of one event and its subject; every later call has the id alone. */
  const learn = (ids: readonly string[], names: readonly string[]): void => {
    const [id, name] = [ids[0], names[0]];
    if (ids.length === 1 && names.length === 1 && id !== undefined && name !== undefined) byId.set(id, name);
  };

  return {
    about({ text }: Pick<Call, 'text'>): About {
      const spelled = groups(text, NAME);
      const ids = groups(text, ID);
      learn(ids, spelled);
      const events = unique([...spelled, ...ids.flatMap((id) => byId.get(id) ?? [])]);
      return { events, tenantIds: groups(text, UUID) };
    },
  };
};

export type Names = ReturnType<typeof makeNames>;
