import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeliverDeps } from '#functions/outbound/deliver/deps.ts';
import type { Pointer } from '#functions/outbound/pointer.ts';
import { type DeliverWorld, deliverWorld, down, LEASE_MS } from '../../harness/deliver-world.ts';
import { startTables, type Tables } from '../../harness/tables.ts';

let tables: Tables;
let world: DeliverWorld;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  world = deliverWorld(tables);
});

const rejected = { outcome: 'rejected', code: 'http_410' } as const;
const retry = { outcome: 'retry', code: 'http_500' } as const;

/** Delivers with a dependency that fails for one pointer alone. */
const failingFor = (one: Pointer, name: 'claim' | 'settle'): Partial<DeliverDeps> => {
  const works = world.deliveries;
  return name === 'claim'
    ? { claim: (tenant, id, options) => (id === one.delivery_id ? down() : works.claim(tenant, id, options)) }
    : {
        settle: (tenant, id, lease, row) =>
          id === one.delivery_id ? down() : works.settle(tenant, id, lease, row),
      };
};

describe('a failure of our own brings the message back', () => {
  it.each(['ofTenant', 'readSecrets', 'readEvents'] as const)(
    'when %s fails, before any row is claimed',
    async (name) => {
      const pointer = await world.queue(world.connect(), 'a');
      const before = await world.rowOf(pointer);
      expect(await world.deliver([pointer], { [name]: down })).toEqual(['again']);
      expect(await world.rowOf(pointer)).toEqual(before);
      expect(await world.deliver([pointer])).toEqual(['done']);
    },
  );

  it.each(['claim', 'settle'] as const)(
    'when %s fails, for that row and no other of its group',
    async (name) => {
      const connection = world.connect();
      const pointers = [await world.queue(connection, 'a'), await world.queue(connection, 'b')];
      const [first] = pointers;
      if (!first) throw new Error('a pointer was queued');
      expect(await world.deliver(pointers, failingFor(first, name))).toEqual(['again', 'done']);
      await world.clock.advance(LEASE_MS + 1);
      expect(await world.deliver(pointers)).toEqual(['done', 'done']);
      expect(await world.rowOf(first)).toMatchObject({ state: 'delivered' });
    },
  );

  it('when the lane does not take a pointer, which the next worker then sends', async () => {
    world.answer = () => retry;
    const pointer = await world.queue(world.connect(), 'a');
    expect(await world.deliver([pointer], { sendLater: down })).toEqual(['again']);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'retry', spent: 1 });
    await world.clock.advance(1000);
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(world.sentLater).toEqual([{ pointer, delayMs: 3000 }]);
    expect(world.batches).toHaveLength(1);
  });

  it('when the quarantine does not take a pointer, which the next worker then sends', async () => {
    world.answer = () => rejected;
    const pointer = await world.queue(world.connect(), 'a');
    expect(await world.deliver([pointer], { sendToQuarantine: down })).toEqual(['again']);
    const quarantineId = (await world.rowOf(pointer))?.quarantine_id;
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(world.quarantined).toEqual([{ ...pointer, quarantine_id: quarantineId }]);
    expect(world.batches).toHaveLength(1);
  });

  it('in one tenant’s group alone, and the log says whose without the failure’s message', async () => {
    const [one, other] = [world.connect(), world.connect()];
    const pointers = [
      await world.queue(one, 'a'),
      await world.queue(other, 'b'),
      await world.queue(one, 'c'),
    ];
    const ofTenant: DeliverDeps['ofTenant'] = (tenantId) =>
      tenantId === one.tenant_id
        ? down()
        : Promise.resolve({ integrationsEnabled: true, principals: [], connections: [other] });
    expect(await world.deliver(pointers, { ofTenant })).toEqual(['again', 'done', 'again']);
    expect(world.lines).toContainEqual(
      expect.objectContaining({ outcome: 'failed', code: 'ServiceUnavailable', tenant_id: one.tenant_id }),
    );
    expect(JSON.stringify(world.lines)).not.toContain('canary');
  });

  it('when the lease went to another worker meanwhile, whose row stays as that one leaves it', async () => {
    const pointer = await world.queue(world.connect(), 'a');
    const { tenant_id, delivery_id } = pointer;
    const taken = { nowMs: world.clock.now() + LEASE_MS + 1, leaseId: 'lse_other', leaseMs: LEASE_MS };
    const slow: DeliverDeps['settle'] = async (...settling) => {
      await world.deliveries.claim(tenant_id, delivery_id, taken);
      return world.deliveries.settle(...settling);
    };
    expect(await world.deliver([pointer], { settle: slow })).toEqual(['again']);
    expect(await world.rowOf(pointer)).toMatchObject({
      state: 'delivering',
      lease: 'lse_other',
      attempts: [],
    });
  });
});

describe('a row that cannot be attempted', () => {
  it('because its event has expired is quarantined, and its neighbour is delivered', async () => {
    const connection = world.connect();
    const [gone, kept] = [await world.queue(connection, 'gone'), await world.queue(connection, 'kept')];
    for (const [id, { idempotency_key }] of world.events)
      if (idempotency_key === 'gone') world.events.delete(id);
    expect(await world.deliver([gone, kept])).toEqual(['done', 'done']);
    expect(await world.rowOf(gone)).toMatchObject({
      state: 'quarantined',
      reason: 'event_expired',
      spent: 0,
    });
    expect(await world.rowOf(kept)).toMatchObject({ state: 'delivered' });
    expect(world.quarantined.map(({ delivery_id }) => delivery_id)).toEqual([gone.delivery_id]);
  });

  it('because five workers have died over it is quarantined as poison, unattempted by the sixth', async () => {
    const pointer = await world.queue(world.connect(), 'a');
    for (let worker = 1; worker <= 5; worker++) {
      expect(await world.deliver([pointer], { settle: down })).toEqual(['again']);
      await world.clock.advance(LEASE_MS + 1);
    }
    expect(world.batches).toHaveLength(5);
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'quarantined', reason: 'poison', claims: 0 });
    expect(world.batches).toHaveLength(5);
    expect(world.quarantined).toHaveLength(1);
  });

  it('is not poison for having been attempted often: a recorded attempt begins the count anew', async () => {
    world.answer = () => ({ outcome: 'throttled', code: 'http_429' });
    const pointer = await world.queue(world.connect(), 'a');
    for (let attempt = 1; attempt <= 8; attempt++) {
      await world.deliver([pointer]);
      const { due = 0 } = (await world.rowOf(pointer)) ?? {};
      await world.clock.advance(due - world.clock.now());
    }
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'retry', spent: 0, claims: 0 });
    expect(world.batches).toHaveLength(8);
  });
});
