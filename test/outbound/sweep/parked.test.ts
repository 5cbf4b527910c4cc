import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parkingKey } from '#functions/connections/index.ts';
import { parkingWoken } from '#functions/connections/parking.ts';
import type { ConnectionRecord } from '#functions/connections/record.ts';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import { pointedTo, type SweepWorld, sweepWorld, UNREADABLE_TENANT_ID } from '../../harness/sweep-world.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

let tables: Tables;
let world: SweepWorld;
beforeEach(async () => {
  world = sweepWorld(tables);
});
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());

const MINUTE_MS = 60_000;
const PAUSED = { paused_at: '2029-01-01T00:00:00.000Z' };
const wake = (connection: ConnectionRecord) =>
  makeTable(tables.client, 'limits').update(
    parkingKey(connection),
    parkingWoken(connection, world.clock.now()),
  );

describe('a parked delivery', () => {
  it('stays where it is while its connection is not ready', async () => {
    const connection = world.connect(PAUSED);
    const row = await world.parked(connection);
    await world.clock.advance(MINUTE_MS);
    await world.sweepParked();
    expect(pointedTo(world.sent)).not.toContain(row.deliveryId);
    expect(await world.rowOf(row)).toMatchObject({ state: 'parked' });
  });

  it.each([
    ['is ready again', {}],
    ['is disabled', { state: 'disabled' }],
    ['is revoked', { state: 'revoked' }],
    ['has made room for another', { connection_id: 'con_other' }],
  ] as const)('is sent back to its lane when its connection %s', async (_, changes) => {
    const connection = world.connect(PAUSED);
    const row = await world.parked(connection);
    const { paused_at: _paused, ...rest } = connection;
    world.connect({ ...rest, ...changes });
    await world.clock.advance(MINUTE_MS);
    await world.sweepParked();
    expect(pointedTo(world.sent)).toContain(row.deliveryId);
    const found = await world.rowOf(row);
    expect(found).toMatchObject({ state: 'queued' });
    expect(found).not.toHaveProperty('wait');
  });

  it('is looked at at once when its connection was woken, however long it has waited', async () => {
    const connection = world.connect(PAUSED);
    const row = await world.parked(connection);
    for (let look = 0; look < 8; look += 1) {
      await world.clock.advance(15 * MINUTE_MS);
      await world.sweepParked();
    }
    const { paused_at: _, ...ready } = connection;
    world.connect(ready);
    await world.clock.advance(1);
    await wake(connection);
    await world.sweepParked();
    expect(pointedTo(world.sent)).toContain(row.deliveryId);
  });

  it('is one of however many: all come back, and then the connection is forgotten', async () => {
    const connection = world.connect(PAUSED);
    const keys = Array.from({ length: 250 }, (_, index) => `k${index}`);
    const rows = await Promise.all(keys.map((key) => world.parked(connection, key)));
    const { paused_at: _, ...ready } = connection;
    world.connect(ready);
    await world.clock.advance(6 * MINUTE_MS);
    await world.sweepParked();
    const sent = pointedTo(world.sent);
    expect(rows.filter(({ deliveryId }) => !sent.includes(deliveryId))).toEqual([]);
    await world.clock.advance(60 * MINUTE_MS);
    expect(await world.noted()).not.toContain(connection.connection_id);
  });
});

describe('the note that a connection has parked deliveries', () => {
  it('outlives the last of them by five minutes: the index lags, and a worker may be about to park', async () => {
    const connection = world.connect();
    await world.parked(connection);
    await world.clock.advance(4 * MINUTE_MS);
    await world.sweepParked();
    await world.clock.advance(MINUTE_MS);
    expect(await world.noted()).toContain(connection.connection_id);
    await world.clock.advance(MINUTE_MS);
    await world.sweepParked();
    await world.clock.advance(60 * MINUTE_MS);
    expect(await world.noted()).not.toContain(connection.connection_id);
  });

  it('stays when something is parked while the sweep looks', async () => {
    const connection = world.connect();
    await world.parked(connection);
    await world.clock.advance(6 * MINUTE_MS);
    const touching = async () => {
      await world.parked(connection, 'late');
      return { rows: [] };
    };
    await world.sweepParked({ page: touching });
    await world.clock.advance(60 * MINUTE_MS);
    expect(await world.noted()).toContain(connection.connection_id);
  });

  it('is looked at each minute at first and each quarter of an hour in the end, whatever has been parked', async () => {
    const connection = world.connect(PAUSED);
    await world.parked(connection);
    let looks = 0;
    for (let minute = 0; minute < 8 * 60; minute += 1) {
      await world.clock.advance(MINUTE_MS);
      const due = await world.noted();
      if (!due.includes(connection.connection_id)) continue;
      looks += 1;
      await world.sweepParked();
    }
    expect(looks).toBeGreaterThan(30);
    expect(looks).toBeLessThan(45);
  });
});

describe('a connection that cannot be looked at', () => {
  it('keeps no other from being swept, and the sweep says so', async () => {
    const broken = { ...world.connect(), tenant_id: UNREADABLE_TENANT_ID };
    await world.parked(broken);
    const connection = world.connect();
    const row = await world.parked(connection);
    await world.clock.advance(MINUTE_MS);
    await expect(world.sweepParked()).rejects.toThrow('could not be looked at');
    expect(pointedTo(world.sent)).toContain(row.deliveryId);
    expect(world.lines).toContainEqual(
      expect.objectContaining({ stage: 'sweep', outcome: 'failed', connection_id: broken.connection_id }),
    );
  });
});
