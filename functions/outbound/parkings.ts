import { PARKED_INDEX } from '#contracts/parked-index.ts';
import type { ScopeName } from '#contracts/scopes.ts';
import { PARKED_HEADING, parkingKey, parkingTouched } from '../connections/index.ts';
import { makeCache } from '../platform/cache.ts';
import type { makeDeletes } from '../platform/dynamo/deletes.ts';
import type { Pages } from '../platform/dynamo/pages.ts';
import type { Item, Table } from '../platform/dynamo/table.ts';

/** A connection that has parked deliveries, or had some a moment ago. Times are epoch ms. */
export interface Parking {
  readonly tenant_id: string;
  readonly connection_id: string;
  /** Where the connection is found; absent for one of the whole platform. */
  readonly scope?: ScopeName;
  readonly since: number;
  /** When the last of them was parked, or was about to be. */
  readonly touched: number;
  /** When it is to be looked at; RFC 3339. */
  readonly look_at: string;
}

type ParkedConnection = Parameters<typeof parkingTouched>[0];

// The table holds only what `touch` and a connection's own changes made.
const toParking = ({ pk, since, touched, look_at, scope }: Item): Parking => {
  const [, tenant_id = '', , connection_id = ''] = String(pk).split('#');
  return {
    tenant_id,
    connection_id,
    ...(scope === undefined ? {} : { scope: scope as ScopeName }),
    since: Number(since),
    touched: Number(touched),
    look_at: String(look_at),
  };
};

const PAGE = 100;

const TOUCH = { ttlMs: 60_000, entriesMax: 1000 };

/**
 * Notes that deliveries of a connection are about to be parked: before they are, so that none is forgotten. One write
 * unit, and a minute later for the same connection the next.
 */
export const makeTouchParking = (table: Pick<Table, 'update'>, { now }: { readonly now: () => number }) => {
  const touched = makeCache<unknown>({ ...TOUCH, now });
  return async (connection: ParkedConnection): Promise<void> => {
    await touched(`${connection.tenant_id}/${connection.connection_id}`, () =>
      table.update(parkingKey(connection), parkingTouched(connection, now())),
    );
  };
};

export type TouchParking = ReturnType<typeof makeTouchParking>;

/** The connections with parked deliveries, for the sweep. */
export const makeParkings = (
  table: Pick<Table, 'update' | 'getMany'> & Pages & Pick<ReturnType<typeof makeDeletes>, 'take'>,
) => ({
  /** Those that are to be looked at by now, longest due first; a page at a time. */
  async *due(nowMs: number): AsyncGenerator<readonly Parking[]> {
    let after: Item | undefined;
    do {
      const upTo = new Date(nowMs).toISOString();
      const request = { partition: PARKED_HEADING, index: PARKED_INDEX, upTo, limit: PAGE, after };
      const { items, last } = await table.page(request);
      const keys = items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
      yield (await table.getMany(keys, { consistent: true })).map(toParking);
      after = last;
    } while (after !== undefined);
  },

  /** Looks again then, unless it was woken since it was read, or is gone. */
  async postpone(parking: Parking, lookAtMs: number): Promise<void> {
    await table.update(parkingKey(parking), {
      set: { [PARKED_INDEX.sortKey]: new Date(lookAtMs).toISOString() },
      condition: '#look_at = :before',
      values: { before: parking.look_at },
    });
  },

  /** Forgets one, unless something was parked since it was read. */
  async forget(parking: Parking): Promise<void> {
    await table.take(parkingKey(parking), '#touched = :touched', { touched: parking.touched });
  },
});

export type Parkings = ReturnType<typeof makeParkings>;
