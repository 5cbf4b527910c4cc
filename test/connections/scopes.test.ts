import { randomUUID } from 'node:crypto';
import type { DynamoDBClient, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scoped } from '#contracts/scopes.ts';
import { innerScope, scopeName } from '#contracts/scopes.ts';
import type { ConnectionRecord } from '#functions/connections/record.ts';
import { makeUse } from '#functions/connections/use.ts';
import { changeOf, type ManageConnections, manageConnections } from '../harness/manage.ts';
import { principalOf, webhookConnection } from '../harness/outbound.ts';
import { recordedLog } from '../harness/recorded-log.ts';
import { startTables, type Tables } from '../harness/tables.ts';

let tables: Tables;
let manage: ManageConnections;
beforeAll(async () => {
  tables = await startTables();
  manage = manageConnections(tables);
});
afterAll(() => tables.close());

const A: Scoped = { scope: 'occasion', scope_id: 'A' };
const B: Scoped = { scope: 'occasion', scope_id: 'B' };
const EVENT_A: Scoped = { scope: 'event', scope_id: 'A' };
const PLATFORM: Scoped = { scope: 'platform' };

const create = (record: ConnectionRecord) => manage.changes.create(changeOf(record));
const idsOf = (records: readonly ConnectionRecord[]) =>
  records.map(({ connection_id }) => connection_id).sort();

/** What the queries of `run` read: one entry each, with the items that it looked at. */
const readBy = async (client: DynamoDBClient, run: () => Promise<unknown>): Promise<number[]> => {
  const scanned: number[] = [];
  const name = 'count what is read';
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      scanned.push((result.output as QueryCommandOutput).ScannedCount ?? 0);
      return result;
    },
    { step: 'initialize', name },
  );
  await run().finally(() => client.middlewareStack.remove(name));
  return scanned;
};

describe('the place of a connection', () => {
  it('is one in each scope: platform, two occasions and an event have one of a type side by side', async () => {
    const tenant_id = randomUUID();
    const records = [PLATFORM, A, B, EVENT_A].map((scope) => webhookConnection({ tenant_id, ...scope }));
    for (const record of records) expect(await create(record)).toBe(true);
    for (const record of records) expect(await create({ ...record, revision: 1 })).toBe(false);
    for (const record of records) {
      const { connections, principals } = await manage.ofTenant(tenant_id, [scopeName(record)]);
      expect(connections).toContainEqual(record);
      expect(principals).toContainEqual(
        expect.objectContaining({ connection_id: record.connection_id, scope: record.scope }),
      );
    }
  });

  it('in one occasion goes to exactly one of fifty that ask for it at once', async () => {
    const tenantId = await manage.tenant();
    const asked = Array.from({ length: 50 }, () => manage.create(tenantId, A));
    const answers = await Promise.all(asked);
    const made = answers.flatMap((answer) => ('connection_id' in answer ? answer.connection_id : []));
    const refused = answers.flatMap((answer) => ('code' in answer ? answer.code : []));
    expect(made).toHaveLength(1);
    expect(refused).toEqual(Array(49).fill('connection.exists'));
    const { connections, principals } = await manage.ofTenant(tenantId, ['occasion#A']);
    expect(idsOf(connections)).toEqual(made);
    expect(principals.map(({ connection_id }) => connection_id)).toEqual(made);
  });

  it('has a principal whose scope is its own, and activity that names it', async () => {
    const tenantId = await manage.tenant();
    const view = await manage.create(tenantId, A);
    expect(view).toMatchObject({ ...A, principal: A });
    const place = { tenant_id: tenantId, connector_type: 'webhook' };
    const query = { limit: 50 };
    expect((await manage.activity.at({ ...place, ...A }, query))?.items).toMatchObject([
      { action: 'connection.created', ...A },
    ]);
    expect((await manage.activity.at({ ...place, ...B }, query))?.items).toEqual([]);
    expect((await manage.activity.at({ ...place, ...PLATFORM }, query))?.items).toEqual([]);
  });
});

describe('reading a tenant', () => {
  it('gives what is of the platform and of the scopes that are named, and nothing else', async () => {
    const tenant_id = randomUUID();
    const similar = ['A', 'AA', 'a', 'A.', 'A-'].map((scope_id): Scoped => ({ scope: 'occasion', scope_id }));
    const scopes = [PLATFORM, EVENT_A, ...similar];
    const records = scopes.map((scope) => webhookConnection({ tenant_id, ...scope }));
    await Promise.all(records.map(create));
    expect(idsOf((await manage.ofTenant(tenant_id)).connections)).toEqual(idsOf(records.slice(0, 1)));
    for (const record of records) {
      const { connections } = await manage.ofTenant(tenant_id, [scopeName(record)]);
      const expected = records.filter((one) => one === record || one.scope === 'platform');
      expect(idsOf(connections)).toEqual(idsOf(expected));
    }
    const all = await manage.ofTenant(tenant_id, records.map(scopeName));
    expect(idsOf(all.connections)).toEqual(idsOf(records));
    expect(all.principals).toHaveLength(records.length);
  });

  it('costs the same however many connections it has in scopes that are not named', async () => {
    const tenant_id = randomUUID();
    await manage.setGate(tenant_id, true);
    await create(webhookConnection({ tenant_id }));
    const read = () => readBy(tables.client, () => manage.ofTenant(tenant_id));
    const before = await read();
    expect(before).toEqual([3]);
    const records = Array.from({ length: 200 }, (_, index) =>
      webhookConnection({ tenant_id, scope: index % 2 ? 'event' : 'occasion', scope_id: `of-${index}` }),
    );
    await Promise.all(records.map(create));
    expect(await read()).toEqual(before);
    // Its queries run side by side and end in any order.
    const named = await readBy(tables.client, () => manage.ofTenant(tenant_id, ['occasion#of-0']));
    expect(named.toSorted()).toEqual([1, 1, ...before]);
  });

  it('never gives a connection of another tenant in an occasion of the same id', async () => {
    const record = webhookConnection(A);
    await create(record);
    expect((await manage.ofTenant(randomUUID(), ['occasion#A'])).connections).toEqual([]);
  });
});

describe('a connection of an occasion', () => {
  it('is changed and revoked by its place or its id, and that of the platform stays as it was', async () => {
    const tenantId = await manage.tenant();
    const config = { url: 'https://example.com/hooks' };
    await manage.create(tenantId, { config });
    const view = await manage.create(tenantId, { ...A, config });
    const connection_id = 'connection_id' in view ? view.connection_id : '';
    const before = await manage.standing(tenantId);
    const update = manage.updateNamed;
    expect(await update(tenantId, { ...A, connection_id }, { state: 'enabled' })).toMatchObject({
      connection_id,
      state: 'enabled',
    });
    expect(await update(tenantId, { ...B, connection_id }, { state: 'disabled' })).toMatchObject({
      code: 'connection.not_found',
    });
    expect(await update(tenantId, { ...A, connector_type: 'webhook' }, { state: 'disabled' })).toMatchObject({
      connection_id,
      state: 'disabled',
    });
    expect(await manage.revokeNamed(tenantId, { ...A, connector_type: 'webhook' })).toMatchObject({
      state: 'revoked',
      principal: { ...A, action_keys: [] },
    });
    expect(await manage.standing(tenantId)).toEqual(before);
  });

  it('is noted as used where it is', async () => {
    const connection = webhookConnection(A);
    const principal = principalOf(connection);
    await manage.changes.create(changeOf(connection, { principal }));
    const { log, lines } = recordedLog();
    const { recordUse } = makeUse(tables.client, 'connections', { now: manage.clock.now, log });
    await recordUse({ connection, principal });
    const { principals } = await manage.ofTenant(connection.tenant_id, ['occasion#A']);
    const last_used_at = new Date(manage.clock.now()).toISOString();
    expect([principals, lines]).toEqual([[{ ...principal, last_used_at }], []]);
    const activity = await manage.activity.at(connection, { limit: 50 });
    expect(activity?.items).toContainEqual(expect.objectContaining({ action: 'connection.used', ...A }));
  });
});

describe('the name of a scope', () => {
  it('is there for an occasion and an event, and tells them apart', () => {
    expect([PLATFORM, A, EVENT_A, {}].map(innerScope)).toEqual([
      undefined,
      'occasion#A',
      'event#A',
      undefined,
    ]);
  });
});
