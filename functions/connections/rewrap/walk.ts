import { PLATFORM_INDEX } from '#contracts/platform-index.ts';
import type { RewrapCounts } from '#contracts/rewraps.ts';
import type { Pages } from '../../platform/dynamo/pages.ts';
import type { Item, Table } from '../../platform/dynamo/table.ts';
import { type Position, type RewrapRecord, STEPS } from '../rewrap-jobs.ts';
import type { SecretsOwner } from '../secrets.ts';
import type { RewrapSecrets } from './rewrap.ts';

export interface WalkDeps {
  readonly page: Pages['page'];
  readonly getMany: Table['getMany'];
  readonly rewrapSecrets: RewrapSecrets;
  /** The connectors for which we have an app at a vendor. */
  readonly providers: readonly string[];
  /** How many connections are done before progress is saved. */
  readonly pageSize: number;
}

export interface WalkedPage {
  readonly counts: RewrapCounts;
  /** Absent when nothing is left. */
  readonly next?: Position;
}

// The index follows the table, and clocks differ: a second or so.
const MARGIN_MS = 60_000;

const following = ({ step }: Position): Position | undefined => {
  const next = STEPS[STEPS.indexOf(step) + 1];
  return next && { step: next };
};

const text = (item: Item, name: string): string => String(item[name] ?? '');

/** The connections that these items are or tell of, each once. */
const ownersIn = (items: readonly Item[]): SecretsOwner[] => {
  const owners = items
    .filter((item) => item['connection_id'] !== undefined)
    // An activity has its tenant in its key alone.
    .map((item) => ({
      tenant_id: text(item, 'pk').split('#')[1] ?? '',
      connection_id: text(item, 'connection_id'),
    }));
  return [...new Map(owners.map((owner) => [`${owner.tenant_id} ${owner.connection_id}`, owner])).values()];
};

/**
 * One page of a rewrap. The steps `connection` and `failing` are the two lists of connections. One that goes from the
 * one to the other in between may be in neither when it is read; but each such change leaves its activity, in the same
 * transaction. So the step `changed` reads the latest activity, back to the start, and does those connections by name.
 *
 * Left out are connects under way: their verifiers live for ten minutes, and then they are gone.
 */
export const makeWalk = ({ page, getMany, rewrapSecrets, providers, pageSize }: WalkDeps) => {
  const keysIn = async ({ step, after }: Position, sinceIso: string) => {
    const latestFirst = step === 'changed';
    const request = {
      partition: latestFirst ? 'change' : step,
      index: PLATFORM_INDEX,
      limit: pageSize,
      after,
    };
    const { items, last } = await page({ ...request, descending: latestFirst });
    const recent = latestFirst
      ? items.filter((item) => text(item, PLATFORM_INDEX.sortKey) >= sinceIso)
      : items;
    return { keys: recent, last: recent.length < items.length ? undefined : last };
  };

  return async ({ position, started_at }: RewrapRecord): Promise<WalkedPage> => {
    const next = following(position);
    if (position.step === 'providers') {
      const fates = await rewrapSecrets(providers.map((connector_type) => ({ connector_type })));
      return { counts: { connections: 0, ...fates }, ...(next && { next }) };
    }
    const sinceIso = new Date(Date.parse(started_at) - MARGIN_MS).toISOString();
    const { keys, last } = await keysIn(position, sinceIso);
    const found = await getMany(
      keys.map((key) => ({ pk: text(key, 'pk'), sk: text(key, 'sk') })),
      { consistent: true },
    );
    const owners = ownersIn(found);
    const counts = { connections: owners.length, ...(await rewrapSecrets(owners)) };
    if (last !== undefined) return { counts, next: { step: position.step, after: last } };
    return { counts, ...(next && { next }) };
  };
};

export type Walk = ReturnType<typeof makeWalk>;
