import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '#contracts/connection-views.ts';
import type { Scoped, ScopeName } from '#contracts/scopes.ts';
import { toCursor } from '#functions/connections/inspect/cursor.ts';
import { type ManageConnections, manageConnections } from '../../harness/manage.ts';
import { webhookConnection } from '../../harness/outbound.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

const TYPES = ['webhook', 'github', 'slack'];

let tables: Tables;
let manage: ManageConnections;
let tenant_id: string;
/** Three connections of the platform, of each of 19 occasions and of each of 20 events. */
let ids: string[];
beforeAll(async () => {
  tables = await startTables();
  manage = manageConnections(tables);
  tenant_id = await manage.tenant();
  const scopes: Scoped[] = [
    { scope: 'platform' },
    ...Array.from({ length: 19 }, (_, n): Scoped => ({ scope: 'occasion', scope_id: `o-${n}` })),
    ...Array.from({ length: 20 }, (_, n): Scoped => ({ scope: 'event', scope_id: `e-${n}` })),
  ];
  const records = scopes.flatMap((scope) =>
    TYPES.map((connector_type) => webhookConnection({ tenant_id, connector_type, ...scope })),
  );
  ids = records.map(({ connection_id }) => connection_id);
  await Promise.all(records.map((record) => manage.store(record)));
});
afterAll(() => tables.close());

const allPages = async (limit: number, scope?: ScopeName) => {
  const pages: Connection[][] = [];
  let cursor: string | undefined;
  do {
    const page = await manage.list(tenant_id, { limit, cursor }, scope);
    if (page === undefined) throw new Error('the cursor that was answered is refused');
    pages.push(page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
};

describe('the list of a tenant’s connections', () => {
  it('in pages of any size has each of 120 connections once, those of the platform first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100 }), async (limit) => {
        const pages = await allPages(limit);
        const items = pages.flat();
        expect(items.map(({ connection_id }) => connection_id).sort()).toEqual([...ids].sort());
        expect(items.map(({ scope }) => scope).indexOf('event')).toBe(TYPES.length);
        for (const page of pages) expect(page.length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 12, examples: [[1], [3], [40], [100]] },
    );
  });

  it('shows each with the principal of its own scope', async () => {
    for (const item of (await allPages(50)).flat()) {
      expect(item.principal).toMatchObject({ subject_id: `integration:${item.connection_id}` });
      expect([item.principal?.scope, item.principal?.scope_id]).toEqual([item.scope, item.scope_id]);
    }
  });

  it.each<[ScopeName, object]>([
    ['platform', { scope: 'platform' }],
    ['occasion#o-1', { scope: 'occasion', scope_id: 'o-1' }],
    ['event#e-1', { scope: 'event', scope_id: 'e-1' }],
  ])('of %s alone has what is of it and nothing else, of o-10 to o-18 for one', async (name, scope) => {
    const items = (await allPages(2, name)).flat();
    expect(items).toMatchObject(Array(TYPES.length).fill(scope));
  });

  it.each([
    ['no cursor at all', 'nonsense'],
    ['one of another list', toCursor({ sk: '~connection#occasion#o-2#webhook' })],
    ['one that names another kind of item', toCursor({ sk: 'settings' })],
    ['one of activity', toCursor({ list: 'failing' })],
  ])('is not read on with %s', async (_, cursor) => {
    expect(await manage.list(tenant_id, { limit: 10, cursor }, 'occasion#o-1')).toBeUndefined();
  });

  it('shows nothing of another tenant, whatever cursor it is read on with', async () => {
    const other = await manage.tenant();
    const { next_cursor } = (await manage.list(tenant_id, { limit: 5 })) ?? {};
    const page = await manage.list(other, { limit: 5, cursor: next_cursor ?? undefined });
    expect(page).toEqual({ items: [], next_cursor: null });
  });
});
