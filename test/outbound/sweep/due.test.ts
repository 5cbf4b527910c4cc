import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { START_MS } from '../../harness/outbound.ts';
import { pointedTo, type SweepWorld, sweepWorld } from '../../harness/sweep-world.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

let tables: Tables;
let world: SweepWorld;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  world = sweepWorld(tables);
});

const HOUR_MS = 3_600_000;

describe('a retry that waits in the index', () => {
  it('is sent back by the sweep before it is due, with the delay that keeps it to its second', async () => {
    const row = await world.waiting(START_MS + HOUR_MS);
    await world.clock.advance(HOUR_MS - 61_000);
    await world.sweepDue();
    expect(pointedTo(world.sent)).not.toContain(row.deliveryId);
    await world.clock.advance(24_000);
    await world.sweepDue();
    const [message] = world.sent.filter(({ body }) => body.includes(row.deliveryId));
    expect(message).toMatchObject({ delaySeconds: 37, groupId: row.tenantId });
    expect(await world.rowOf(row)).toMatchObject({ state: 'retry', due: START_MS + HOUR_MS });
  });

  it('is sent back once, and is in the index no more', async () => {
    const row = await world.waiting(START_MS);
    await world.sweepDue();
    await world.sweepDue();
    expect(pointedTo(world.sent).filter((id) => id === row.deliveryId)).toHaveLength(1);
    expect(await world.rowOf(row)).not.toHaveProperty('wait');
  });

  it('that the lane did not take stays in the index for the next sweep', async () => {
    const row = await world.waiting(START_MS);
    world.lane.takes = () => false;
    await world.sweepDue();
    expect(await world.rowOf(row)).toHaveProperty('wait');
    world.lane.takes = () => true;
    await world.sweepDue();
    expect(pointedTo(world.sent)).toContain(row.deliveryId);
  });

  it('is one of however many: all that are due are sent, page by page', async () => {
    const rows = await Promise.all(
      Array.from({ length: 300 }, (_, index) => world.waiting(START_MS, `k${index}`)),
    );
    await world.sweepDue();
    const sent = new Set(pointedTo(world.sent));
    expect(rows.filter(({ deliveryId }) => !sent.has(deliveryId))).toEqual([]);
  });
});
