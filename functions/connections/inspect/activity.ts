import * as z from 'zod';
import type { Activity } from '#contracts/activity.ts';
import type { PageQuery } from '#contracts/pages.ts';
import { PLATFORM_INDEX } from '#contracts/platform-index.ts';
import type { Pages } from '../../platform/dynamo/pages.ts';
import type { Item, Table } from '../../platform/dynamo/table.ts';
import { activityView } from '../activity.ts';
import { activityPartition, type Place } from '../keys.ts';
import { fromCursor, toCursor } from './cursor.ts';

export interface ActivityPage {
  readonly items: readonly Activity[];
  readonly next_cursor: string | null;
}

export interface ActivityDeps {
  readonly page: Pages['page'];
  readonly getMany: Table['getMany'];
}

const SortKey = z.object({ sk: z.string().min(1).max(200) });
const IndexKey = SortKey.extend({ pk: z.string().min(1).max(500) });

/** Where a list goes on; `null` when the cursor is none of this list. */
const placeIn = <T extends z.ZodType>(schema: T, { cursor }: PageQuery) =>
  cursor === undefined ? undefined : (fromCursor(schema, cursor) ?? null);

/** Readers of activity, latest first. Each answers undefined for a cursor that is not its own. */
export const makeActivityReaders = ({ page, getMany }: ActivityDeps) => ({
  /** What was done at one place. */
  async at(place: Place, query: PageQuery): Promise<ActivityPage | undefined> {
    const partition = activityPartition(place.tenant_id, place);
    const from = placeIn(SortKey, query);
    if (from === null) return undefined;
    const after = from && { pk: partition, sk: from.sk };
    const { items, last } = await page({ partition, limit: query.limit, after, descending: true });
    return { items: items.map(activityView), next_cursor: last ? toCursor({ sk: last['sk'] }) : null };
  },

  /** What was done in all tenants: the index gives the keys, the table what they stand for. */
  async everywhere(kind: 'change' | 'use', query: PageQuery): Promise<ActivityPage | undefined> {
    const from = placeIn(IndexKey, query);
    if (from === null) return undefined;
    const { partitionKey, sortKey } = PLATFORM_INDEX;
    const after = from && { ...from, [partitionKey]: kind, [sortKey]: from.sk };
    const request = { partition: kind, index: PLATFORM_INDEX, limit: query.limit, after, descending: true };
    const { items: keys, last } = await page(request);
    const found = await getMany(keys.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })));
    const byKey = new Map(found.map((item) => [`${item['pk']} ${item['sk']}`, item]));
    // What has expired meanwhile is in the index a moment longer than in the table.
    const items = keys.flatMap(({ pk, sk }): Item[] => {
      const item = byKey.get(`${pk} ${sk}`);
      return item === undefined ? [] : [item];
    });
    const next_cursor = last ? toCursor({ pk: last['pk'], sk: last['sk'] }) : null;
    return { items: items.map(activityView), next_cursor };
  },
});

export type ActivityReaders = ReturnType<typeof makeActivityReaders>;
