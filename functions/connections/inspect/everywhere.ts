import * as z from 'zod';
import type { PageQuery } from '#contracts/pages.ts';
import { PLATFORM_INDEX } from '#contracts/platform-index.ts';
import type { Pages } from '../../platform/dynamo/pages.ts';
import type { Item, Table } from '../../platform/dynamo/table.ts';
import { CONNECTION, PRINCIPAL } from '../keys.ts';
import type { Standing } from '../record.ts';
import { toConnection, toPrincipal } from '../store.ts';
import { fromCursor, toCursor } from './cursor.ts';

export interface EverywhereDeps {
  readonly page: Pages['page'];
  readonly getMany: Table['getMany'];
}

export interface ConnectionsPage {
  readonly standing: readonly Standing[];
  readonly next_cursor: string | null;
}

/** Those that are degraded come first: they are what an operator looks for. */
const LISTS = ['failing', 'connection'] as const;
type List = (typeof LISTS)[number];

const Part = z.string().min(1).max(500);
const Cursor = z.object({
  list: z.enum(LISTS),
  /** The last item shown of the list; absent when nothing of it was. */
  last: z.object({ pk: Part, sk: Part, at: Part }).optional(),
});

const FAILING_MAX = 10_000;
const FAILING_PAGE = 1000;

interface Key {
  readonly pk: string;
  readonly sk: string;
}

const toKey = ({ pk, sk }: Item): Key => ({ pk: String(pk), sk: String(sk) });
const principalOf = ({ pk, sk }: Key): Key => ({ pk, sk: sk.replace(CONNECTION, PRINCIPAL) });
const text = ({ pk, sk }: Item | Key) => `${pk} ${sk}`;

const cursorOf = (list: List, last: Item | undefined) => {
  if (last === undefined) return toCursor({ list });
  const { pk, sk, [PLATFORM_INDEX.sortKey]: at } = last;
  return toCursor({ list, last: { pk, sk, at } });
};

const keyOf = ({ list, last }: z.infer<typeof Cursor>): Item | undefined => {
  const { partitionKey, sortKey } = PLATFORM_INDEX;
  return last && { pk: last.pk, sk: last.sk, [partitionKey]: list, [sortKey]: last.at };
};

/** Readers of the connections of all tenants. */
export const makeEverywhere = ({ page, getMany }: EverywhereDeps) => {
  const keysIn = (list: List, limit: number, after?: Item) =>
    page({ partition: list, index: PLATFORM_INDEX, limit, after });

  const standingOf = async (keys: readonly Key[]): Promise<Standing[]> => {
    const found = await getMany(keys.flatMap((key) => [key, principalOf(key)]));
    const byKey = new Map(found.map((item) => [text(item), item]));
    return keys.flatMap((key) => {
      const [connection, principal] = [byKey.get(text(key)), byKey.get(text(principalOf(key)))];
      if (connection === undefined) return [];
      return { connection: toConnection(connection), principal: principal && toPrincipal(principal) };
    });
  };

  return {
    /** One page, the degraded ones first; undefined for a cursor that is none of this list. */
    async connections({ limit, cursor }: PageQuery): Promise<ConnectionsPage | undefined> {
      const from = cursor === undefined ? { list: LISTS[0] } : fromCursor(Cursor, cursor);
      if (from === undefined) return undefined;
      const { items, last } = await keysIn(from.list, limit, keyOf(from));
      if (last !== undefined || from.list === 'connection') {
        const next_cursor = last === undefined ? null : cursorOf(from.list, last);
        return { standing: await standingOf(items.map(toKey)), next_cursor };
      }
      // The page is filled up from the list that comes next.
      const rest = limit - items.length;
      if (rest === 0) {
        return {
          standing: await standingOf(items.map(toKey)),
          next_cursor: cursorOf('connection', undefined),
        };
      }
      const more = await keysIn('connection', rest);
      return {
        standing: await standingOf([...items, ...more.items].map(toKey)),
        next_cursor: more.last === undefined ? null : cursorOf('connection', more.last),
      };
    },

    /** How many connections are degraded, by connector type; at most 10 000 are counted. */
    async failing(): Promise<Record<string, number>> {
      const counts: Record<string, number> = {};
      let after: Item | undefined;
      let seen = 0;
      do {
        const { items, last } = await keysIn('failing', FAILING_PAGE, after);
        for (const item of items) {
          const [type = ''] = String(item[PLATFORM_INDEX.sortKey]).split('#');
          counts[type] = (counts[type] ?? 0) + 1;
        }
        seen += items.length;
        after = last;
      } while (after !== undefined && seen < FAILING_MAX);
      return counts;
    },
  };
};

export type Everywhere = ReturnType<typeof makeEverywhere>;
