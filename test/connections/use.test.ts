import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretKey } from '#functions/connections/secrets.ts';
import { makeUse } from '#functions/connections/use.ts';
import { type ManageConnections, manageConnections } from '../harness/manage.ts';
import { webhookConnection } from '../harness/outbound.ts';
import { recordedLog } from '../harness/recorded-log.ts';
import { startTables, type Tables } from '../harness/tables.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const setUp = async () => {
  const manage: ManageConnections = manageConnections(tables);
  const record = webhookConnection();
  await manage.store(record);
  const recorded = recordedLog();
  const use = makeUse(tables.client, 'connections', { now: manage.clock.now, log: recorded.log });
  const standing = async () => {
    const found = await manage.standing(record.tenant_id);
    if (!found) throw new Error('the connection is gone');
    return found;
  };
  const deeds = async (action: string) => {
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: 'connections' }));
    return Items.map((item) => unmarshall(item)).filter(
      ({ pk, action: done }) => pk.startsWith(`T#${record.tenant_id}#A#`) && done === action,
    );
  };
  return { ...manage, ...recorded, ...use, record, current: standing, deeds };
};

describe('noting the use of a connection', () => {
  it('is a write at most once an hour, and an activity at most once a day', async () => {
    const { clock, recordUse, current, deeds } = await setUp();
    const noted = new Set<string | undefined>();
    for (let minutes = 0; minutes < 36 * 60; minutes += 10) {
      await recordUse(await current());
      noted.add((await current()).principal?.last_used_at);
      await clock.advance(10 * MINUTE_MS);
    }
    expect(noted.size).toBe(36);
    // From noon on the first day to midnight after the second.
    expect((await deeds('connection.used')).length).toBe(2);
  });

  it('is one write of many workers that have read the same', async () => {
    const { clock, recordUse, current, deeds } = await setUp();
    const stale = await current();
    await Promise.all(Array.from({ length: 10 }, () => recordUse(stale)));
    await clock.advance(MINUTE_MS);
    await recordUse(stale);
    expect(await deeds('connection.used')).toHaveLength(1);
    const at = new Date(clock.now() - MINUTE_MS).toISOString();
    expect((await current()).principal?.last_used_at).toBe(at);
  });

  it('is not made for a principal whose place another has taken', async () => {
    const { recordUse, current, deeds } = await setUp();
    const { connection, principal } = await current();
    const stranger = { connection, principal: principal && { ...principal, connection_id: 'con_other' } };
    await recordUse(stranger);
    expect([(await current()).principal?.last_used_at, await deeds('connection.used')]).toEqual([
      undefined,
      [],
    ]);
  });

  it('never rejects: what fails is logged by name and the delivery goes on', async () => {
    const { current, lines, log, clock } = await setUp();
    const broken = makeUse(tables.client, 'nowhere', { now: clock.now, log });
    await broken.recordUse(await current());
    await broken.degrade((await current()).connection, [{ field: 'config.url', message: 'is required' }]);
    expect(lines.map(({ stage, code }) => [stage, code])).toEqual(
      Array(2).fill(['use', 'ResourceNotFoundException']),
    );
  });
});

describe('noting that a connection is refused by its schemas', () => {
  const errors = [{ field: 'config.url', message: 'is required' }];

  it('is made once by all who meet it, and again when there is another reason', async () => {
    const { degrade, current, deeds } = await setUp();
    const { connection } = await current();
    await Promise.all(Array.from({ length: 5 }, () => degrade(connection, errors)));
    await degrade((await current()).connection, errors);
    expect((await current()).connection.health).toEqual({
      status: 'degraded',
      reasons: [{ code: 'config_invalid', field: 'config.url', detail: 'is required' }],
    });
    expect(await deeds('connection.degraded')).toHaveLength(1);
    await degrade((await current()).connection, [{ field: 'secrets.a', message: 'is required' }]);
    expect(await deeds('connection.degraded')).toHaveLength(2);
  });
});

describe('secrets that were rotated', () => {
  const expiryOf = async (key: { pk: string; sk: string }) => {
    const found = await tables.client.send(new GetItemCommand({ TableName: 'secrets', Key: marshall(key) }));
    return found.Item && unmarshall(found.Item)['expires'];
  };

  it('expire in the table when their overlap ends, and those without one are gone at once', async () => {
    const manage = manageConnections(tables);
    const tenantId = await manage.tenant();
    const view = await manage.create(tenantId);
    if (!('connection_id' in view)) throw new Error('it was not created');
    const owner = { tenant_id: tenantId, connection_id: view.connection_id };
    const key = (version: number) => secretKey(owner, { name: 'signing_secret', version });
    expect(await expiryOf(key(1))).toBeUndefined();
    await manage.update(tenantId, { secrets: {}, overlap_hours: 24 });
    expect(await expiryOf(key(1))).toBe((manage.clock.now() + DAY_MS) / 1000);
    expect(await expiryOf(key(2))).toBeUndefined();
    await manage.update(tenantId, { secrets: {}, overlap_hours: 0 });
    for (const version of [1, 2]) {
      const item = await tables.client.send(
        new GetItemCommand({ TableName: 'secrets', Key: marshall(key(version)) }),
      );
      expect(item.Item).toBeUndefined();
    }
  });
});
