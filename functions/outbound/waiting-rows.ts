import type { DeliveryState } from '#contracts/deliveries.ts';
import { WAITING_INDEX } from '#contracts/waiting-index.ts';
import type { Pages } from '../platform/dynamo/pages.ts';
import type { Item, Key, Table } from '../platform/dynamo/table.ts';
import { deliveryIdOf } from './keys.ts';
import type { Pointer } from './pointer.ts';

/** A row that waits in the index, and the pointer that brings it back. */
export interface WaitingRow {
  readonly key: Key;
  readonly wait_at: string;
  readonly pointer: Pointer;
}

export interface WaitingPage {
  readonly rows: readonly WaitingRow[];
  /** Where the next page begins; absent when there is none. */
  readonly last?: Item;
}

// The index holds only delivery rows.
const toWaitingRow = ({ pk, sk, wait_at, connector, scope }: Item): WaitingRow => {
  const [, tenantId = '', , eventId = ''] = String(pk).split('#');
  return {
    key: { pk: String(pk), sk: String(sk) },
    wait_at: String(wait_at),
    pointer: {
      tenant_id: tenantId,
      delivery_id: deliveryIdOf(eventId, String(sk)),
      connector_type: String(connector),
      ...(scope === undefined ? {} : { scope: scope as Pointer['scope'] }),
    },
  };
};

/** The rows that no queue holds. */
export const makeWaitingRows = (table: Pages & Pick<Table, 'update'>) => ({
  /** Up to `limit` rows under a heading, first come first. */
  async page(
    heading: string,
    options: { readonly limit: number; readonly upTo?: string; readonly after?: Item | undefined },
  ): Promise<WaitingPage> {
    const { items, last } = await table.page({ partition: heading, index: WAITING_INDEX, ...options });
    return { rows: items.map(toWaitingRow), ...(last === undefined ? {} : { last }) };
  },

  /** Takes a row whose pointer is in its lane again out of the index, unless it has gone on by itself meanwhile. */
  async release(
    { key, wait_at }: WaitingRow,
    states: { readonly from: DeliveryState; readonly to: DeliveryState },
  ) {
    await table.update(key, {
      set: { state: states.to },
      remove: ['wait', 'wait_at'],
      condition: '#state = :from AND #wait_at = :listed',
      values: { from: states.from, listed: wait_at },
    });
  },
});

export type WaitingRows = ReturnType<typeof makeWaitingRows>;

const PAGE = 100;

/** The rows under a heading, page by page, no later than `upTo` when it is said. */
export async function* waitingPages(page: WaitingRows['page'], heading: string, upTo?: string) {
  let after: Item | undefined;
  do {
    const { rows, last } = await page(heading, {
      limit: PAGE,
      after,
      ...(upTo === undefined ? {} : { upTo }),
    });
    yield rows;
    after = last;
  } while (after !== undefined);
}
