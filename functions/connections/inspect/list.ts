import * as z from 'zod';
import type { Connection } from '#contracts/connection-views.ts';
import type { PageQuery } from '#contracts/pages.ts';
import type { ScopeName } from '#contracts/scopes.ts';
import type { Key } from '../../platform/dynamo/item.ts';
import type { Pages } from '../../platform/dynamo/pages.ts';
import type { Item, Table } from '../../platform/dynamo/table.ts';
import { CONNECTION, principalKey, SCOPED, sortPrefix, tenantPartition } from '../keys.ts';
import { toConnection, toPrincipal } from '../store.ts';
import { toView, type ViewContext } from '../view.ts';
import { fromCursor, toCursor } from './cursor.ts';

export interface ListDeps extends ViewContext {
  readonly page: Pages['page'];
  readonly getMany: Table['getMany'];
}

export interface ConnectionsOfTenant {
  readonly items: Connection[];
  readonly next_cursor: string | null;
}

/** One page of a tenant's connections, of one scope alone when it is named; undefined for a cursor of another list. */
export type ListConnections = (
  tenantId: string,
  query: PageQuery,
  scope?: ScopeName,
) => Promise<ConnectionsOfTenant | undefined>;

const Cursor = z.object({
  sk: z
    .string()
    .max(500)
    .regex(/^~?connection#[\w.#-]+$/),
});

/** What sort keys of the list begin with, part by part: the platform's sort before all other scopes'. */
const partsOf = (scope: ScopeName | undefined): string[] =>
  scope === undefined ? [CONNECTION, `${SCOPED}${CONNECTION}`] : [sortPrefix(CONNECTION, scope)];

/** Reads on through the parts until there are `limit` items; `last` is absent at the end of the last part. */
const makeReadOn =
  ({ page }: ListDeps) =>
  async (partition: string, parts: readonly string[], limit: number, from: string | undefined) => {
    const items: Item[] = [];
    for (const beginsWith of parts) {
      const rest = limit - items.length;
      if (rest === 0) return { items, last: items.at(-1) };
      const after = from?.startsWith(beginsWith) ? { pk: partition, sk: from } : undefined;
      const found = await page({ partition, beginsWith, limit: rest, after, consistent: true });
      items.push(...found.items);
      if (found.last !== undefined) return { items, last: found.last };
    }
    return { items, last: undefined };
  };

export const makeList = (deps: ListDeps): ListConnections => {
  const readOn = makeReadOn(deps);

  const principalsOf = async (keys: readonly Key[]) => {
    const found = await deps.getMany(keys, { consistent: true });
    return new Map(found.map(toPrincipal).map((principal) => [principal.connection_id, principal]));
  };

  return async (tenantId, { limit, cursor }, scope) => {
    const from = cursor === undefined ? undefined : fromCursor(Cursor, cursor)?.sk;
    const parts = partsOf(scope);
    const start = from === undefined ? 0 : parts.findIndex((part) => from.startsWith(part));
    if (start < 0 || (cursor !== undefined && from === undefined)) return undefined;
    const { items, last } = await readOn(tenantPartition(tenantId), parts.slice(start), limit, from);
    const connections = items.map(toConnection);
    const principals = await principalsOf(connections.map(principalKey));
    return {
      items: connections.map((connection) =>
        toView({ connection, principal: principals.get(connection.connection_id) }, deps),
      ),
      next_cursor: last === undefined ? null : toCursor({ sk: last['sk'] }),
    };
  };
};
