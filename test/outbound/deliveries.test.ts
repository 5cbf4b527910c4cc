import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Deliveries,
  type DeliveryRow,
  makeDeliveries,
  type SettledRow,
} from '#functions/outbound/deliveries.ts';
import { deliveryIdOf, eventIdOf, partsOf } from '#functions/outbound/keys.ts';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import { randomId } from '#functions/platform/ids.ts';
import { queuedRow, START_MS } from '../harness/outbound.ts';
import { startTables, type Tables } from '../harness/tables.ts';

const LEASE_MS = 70_000;

let tables: Tables;
let deliveries: Deliveries;
beforeAll(async () => {
  tables = await startTables();
  deliveries = makeDeliveries(makeTable(tables.client, 'deliveries'));
});
afterAll(() => tables.close());

/** A row in the table, and what can be done with it. */
const stored = async (changes: Partial<DeliveryRow> = {}) => {
  const tenantId = randomUUID();
  const deliveryId = deliveryIdOf(eventIdOf(tenantId, 'key'), randomId('con'));
  const created = queuedRow(changes);
  await deliveries.create(tenantId, deliveryId, created);
  return {
    tenantId,
    deliveryId,
    created,
    claim: (options: { nowMs?: number; leaseId?: string; quarantineId?: string | undefined } = {}) =>
      deliveries.claim(tenantId, deliveryId, {
        nowMs: START_MS,
        leaseId: randomId('lse'),
        leaseMs: LEASE_MS,
        ...options,
      }),
    settle: (leaseId: string, settled: SettledRow) =>
      deliveries.settle(tenantId, deliveryId, leaseId, settled),
    async row() {
      const [found] = await deliveries.ofEvent(tenantId, partsOf(deliveryId).eventId);
      return found?.row;
    },
  };
};

const deliveredRow = (changes: Partial<SettledRow> = {}): SettledRow => ({
  state: 'delivered',
  updated: START_MS + 5,
  spent: 1,
  claims: 0,
  attempts: [],
  remove: ['due', 'reason'],
  ...changes,
});

describe('creating a row', () => {
  it('happens once; whoever comes second gets the one that stands there', async () => {
    const { tenantId, deliveryId, created } = await stored();
    const second = await deliveries.create(tenantId, deliveryId, { ...created, state: 'skipped' });
    expect(second).toMatchObject(created);
  });

  it('answers nothing to the one of many who made it', async () => {
    const tenantId = randomUUID();
    const deliveryId = deliveryIdOf(eventIdOf(tenantId, 'key'), randomId('con'));
    const made = await Promise.all(
      Array.from({ length: 10 }, () => deliveries.create(tenantId, deliveryId, queuedRow())),
    );
    expect(made.filter((existing) => existing === undefined)).toHaveLength(1);
  });
});

describe('claiming a row', () => {
  it('takes a queued one until the lease ends, and counts the claim', async () => {
    const { claim, created, row } = await stored();
    const expected = {
      ...created,
      state: 'delivering',
      claims: 1,
      lease: 'lse_1',
      lease_until: START_MS + LEASE_MS,
    };
    expect(await claim({ leaseId: 'lse_1' })).toMatchObject({ outcome: 'claimed', row: expected });
    expect(await row()).toMatchObject(expected);
  });

  it('takes one that waits for its retry when it is due, and not before', async () => {
    const { claim } = await stored({ state: 'retry', due: START_MS + 1000 });
    expect(await claim({ nowMs: START_MS + 999 })).toEqual({ outcome: 'not_due', dueMs: START_MS + 1000 });
    expect(await claim({ nowMs: START_MS + 1000 })).toMatchObject({ outcome: 'claimed' });
  });

  it('leaves one to its worker while the lease lasts, and takes it over after that', async () => {
    const { claim } = await stored();
    await claim();
    expect(await claim({ nowMs: START_MS + LEASE_MS })).toEqual({ outcome: 'leased' });
    const takenOver = await claim({ nowMs: START_MS + LEASE_MS + 1 });
    expect(takenOver).toMatchObject({ outcome: 'claimed', row: { claims: 2 } });
  });

  it.each(['delivered', 'skipped'] as const)('never takes one that is %s', async (state) => {
    const { claim, row, created } = await stored({ state });
    expect(await claim({ quarantineId: 'qua_1' })).toEqual({ outcome: 'over' });
    expect(await row()).toMatchObject(created);
  });

  it('makes no row where there is none', async () => {
    const { deliveryId } = await stored();
    const foreign = randomUUID();
    const options = { nowMs: START_MS, leaseId: 'lse_1', leaseMs: LEASE_MS };
    expect(await deliveries.claim(foreign, deliveryId, options)).toEqual({ outcome: 'over' });
    expect(await deliveries.ofEvent(foreign, partsOf(deliveryId).eventId)).toEqual([]);
  });

  it('gives a row to one of twenty workers at once', async () => {
    for (const changes of [
      {},
      { state: 'retry', due: START_MS },
      { state: 'quarantined', quarantine_id: 'qua_1' },
    ] as const) {
      const { claim } = await stored(changes);
      const claims = await Promise.all(Array.from({ length: 20 }, () => claim({ quarantineId: 'qua_1' })));
      const outcomes = claims.map(({ outcome }) => outcome).sort();
      expect(outcomes).toEqual(['claimed', ...Array.from({ length: 19 }, () => 'leased')]);
    }
  });

  it('succeeds again for the same lease when its answer was lost, without being counted twice', async () => {
    const { claim } = await stored();
    await claim({ leaseId: 'lse_1' });
    const repeated = await claim({ leaseId: 'lse_1' });
    expect(repeated).toMatchObject({ outcome: 'claimed', row: { claims: 1, lease: 'lse_1' } });
  });
});

describe('a quarantined row', () => {
  it('is revived by a pointer that names its quarantine, once', async () => {
    const { claim } = await stored({ state: 'quarantined', quarantine_id: 'qua_1' });
    const revived = await claim({ quarantineId: 'qua_1' });
    expect(revived).toMatchObject({ outcome: 'claimed', row: { quarantine_id: 'qua_1' } });
    expect(await claim({ quarantineId: 'qua_1' })).toEqual({ outcome: 'leased' });
  });

  it('is never revived by any other id, nor without one', async () => {
    const { claim, row, created } = await stored({ state: 'quarantined', quarantine_id: 'qua_now' });
    const stale = fc.oneof(fc.constantFrom(undefined, '', 'qua_old', 'QUA_NOW'), fc.string());
    await fc.assert(
      fc.asyncProperty(stale, async (quarantineId) => {
        fc.pre(quarantineId !== 'qua_now');
        expect(await claim({ quarantineId })).toEqual({ outcome: 'quarantined', quarantineId: 'qua_now' });
      }),
      { numRuns: 30 },
    );
    expect(await row()).toMatchObject(created);
  });
});

describe('settling a row', () => {
  it('writes what became of it and gives the lease back', async () => {
    const { claim, settle, row } = await stored({ state: 'retry', due: START_MS, reason: 'http_500' });
    await claim({ leaseId: 'lse_1' });
    expect(await settle('lse_1', deliveredRow({ expires: 7 }))).toBe(true);
    const found = await row();
    expect(found).toMatchObject({
      state: 'delivered',
      updated: START_MS + 5,
      spent: 1,
      claims: 0,
      expires: 7,
    });
    for (const gone of ['due', 'reason', 'lease', 'lease_until']) expect(found).not.toHaveProperty(gone);
  });

  it('is refused once the lease went to someone else, and changes nothing', async () => {
    const { claim, settle, row } = await stored();
    await claim({ leaseId: 'lse_1' });
    await claim({ leaseId: 'lse_2', nowMs: START_MS + LEASE_MS + 1 });
    const before = await row();
    expect(await settle('lse_1', deliveredRow())).toBe(false);
    expect(await row()).toEqual(before);
    expect(await settle('lse_2', deliveredRow())).toBe(true);
  });

  it('is refused while someone else holds the lease, though the row was last written in the same millisecond', async () => {
    const { claim, settle } = await stored();
    await claim({ leaseId: 'lse_1' });
    await claim({ leaseId: 'lse_2', nowMs: START_MS + LEASE_MS + 1 });
    expect(await settle('lse_1', deliveredRow({ updated: START_MS }))).toBe(false);
  });

  it('is refused without a claim, and where there is no row', async () => {
    const { settle, deliveryId } = await stored();
    expect(await settle('lse_1', deliveredRow())).toBe(false);
    expect(await deliveries.settle(randomUUID(), deliveryId, 'lse_1', deliveredRow())).toBe(false);
  });

  it('succeeds again when its answer was lost', async () => {
    const { claim, settle, row } = await stored();
    await claim({ leaseId: 'lse_1' });
    const settled = deliveredRow();
    expect([await settle('lse_1', settled), await settle('lse_1', settled)]).toEqual([true, true]);
    expect(await row()).toMatchObject({ state: 'delivered', spent: 1 });
  });
});

describe('the rows of an event', () => {
  it('are one per connection, each named by it', async () => {
    const tenantId = randomUUID();
    const eventId = eventIdOf(tenantId, 'key');
    const connectionIds = [randomId('con'), randomId('con')].sort();
    for (const id of connectionIds) await deliveries.create(tenantId, deliveryIdOf(eventId, id), queuedRow());
    await deliveries.create(
      tenantId,
      deliveryIdOf(eventIdOf(tenantId, 'other'), randomId('con')),
      queuedRow(),
    );
    const rows = await deliveries.ofEvent(tenantId, eventId);
    expect(rows.map(({ connectionId }) => connectionId)).toEqual(connectionIds);
  });
});
