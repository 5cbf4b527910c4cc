import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scopeName } from '#contracts/scopes.ts';
import type { DeliverDeps } from '#functions/outbound/deliver/deps.ts';
import { ATTEMPTS_MAX } from '#functions/outbound/deliver/retry-schedule.ts';
import { Pointer, toMessage } from '#functions/outbound/pointer.ts';
import { type DeliverWorld, deliverWorld, LEASE_MS } from '../../harness/deliver-world.ts';
import { START_MS } from '../../harness/outbound.ts';
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

const QUARANTINED = { state: 'quarantined', quarantine_id: 'qua_1' } as const;

describe('the pointer of a row that is to be tried again', () => {
  it('is sent through the lane with the delay until the row is due', async () => {
    world.answer = () => ({ outcome: 'retry', code: 'http_500' });
    const pointer = await world.queue(world.connect(), 'a');
    await world.deliver([pointer]);
    expect(await world.rowOf(pointer)).toMatchObject({ due: START_MS + 4000 });
    expect(world.sentLater).toEqual([{ pointer, delayMs: 4000 }]);
  });

  it('is sent with exactly the delay that the destination asked for', async () => {
    world.answer = () => ({ outcome: 'throttled', code: 'http_429', afterSeconds: 900 });
    const pointer = await world.queue(world.connect(), 'a');
    await world.deliver([pointer]);
    expect(world.sentLater).toEqual([{ pointer, delayMs: 900_000 }]);
  });

  it('is sent nowhere when no queue can delay it for so long: the row waits in the index until it is due', async () => {
    world.answer = () => ({ outcome: 'throttled', code: 'http_429', afterSeconds: 901 });
    const pointer = await world.queue(world.connect(), 'a');
    await world.deliver([pointer]);
    expect(await world.rowOf(pointer)).toMatchObject({
      wait: expect.stringMatching(/^due#[0-7]$/),
      wait_at: new Date(START_MS + 901_000).toISOString(),
    });
    // A copy of the message changes nothing.
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(world.sentLater).toEqual([]);
  });

  it('that comes too early is sent on for the rest of the time, and nothing is attempted', async () => {
    const pointer = await world.queue(world.connect(), 'a', { state: 'retry', due: START_MS + 60_000 });
    await world.clock.advance(45_000);
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(world.sentLater).toEqual([{ pointer, delayMs: 15_000 }]);
    expect(world.batches).toEqual([]);
  });

  it('goes round until the attempts are used up, and then into quarantine', async () => {
    world.answer = () => ({ outcome: 'retry', code: 'http_500' });
    const pointer = await world.queue(world.connect(), 'a');
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      expect(await world.deliver([pointer])).toEqual(['done']);
      const { due = START_MS } = (await world.rowOf(pointer)) ?? {};
      await world.clock.advance(Math.max(0, due - world.clock.now()));
    }
    const row = await world.rowOf(pointer);
    expect(row).toMatchObject({ state: 'quarantined', reason: 'http_500', spent: ATTEMPTS_MAX });
    expect(world.batches).toHaveLength(ATTEMPTS_MAX);
    expect(world.quarantined).toEqual([{ ...pointer, quarantine_id: row?.quarantine_id }]);
  });
});

describe('the pointer of a quarantined row', () => {
  it('goes into quarantine with the id that its row has', async () => {
    world.answer = () => ({ outcome: 'rejected', code: 'http_410' });
    const pointer = await world.queue(world.connect(), 'a');
    await world.deliver([pointer]);
    const row = await world.rowOf(pointer);
    expect(row?.quarantine_id).toMatch(/^qua_[0-9a-z]{26}$/);
    expect(world.quarantined).toEqual([{ ...pointer, quarantine_id: row?.quarantine_id }]);
  });

  it('is sent there again when it comes plain: its worker may have died before it could', async () => {
    const pointer = await world.queue(world.connect(), 'a', QUARANTINED);
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(world.quarantined).toEqual([{ ...pointer, quarantine_id: 'qua_1' }]);
    expect(world.batches).toEqual([]);
  });

  it('revives the row when it is redriven, which then has all its attempts again', async () => {
    world.answer = () => ({ outcome: 'retry', code: 'http_500' });
    const pointer = await world.queue(world.connect(), 'a', { ...QUARANTINED, spent: ATTEMPTS_MAX });
    expect(await world.deliver([{ ...pointer, quarantine_id: 'qua_1' }])).toEqual(['done']);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'retry', spent: 1 });
    expect(world.sentLater).toEqual([{ pointer, delayMs: 4000 }]);
  });

  it('is dropped when it is stale: nothing is revived, sent or attempted', async () => {
    const pointer = await world.queue(world.connect(), 'a', QUARANTINED);
    const before = await world.rowOf(pointer);
    expect(await world.deliver([{ ...pointer, quarantine_id: 'qua_0' }])).toEqual(['done']);
    expect(await world.rowOf(pointer)).toEqual(before);
    expect([world.batches, world.sentLater, world.quarantined]).toEqual([[], [], []]);
  });

  it('revives once: a copy of it finds the row delivered', async () => {
    const pointer = await world.queue(world.connect(), 'a', QUARANTINED);
    const redriven = { ...pointer, quarantine_id: 'qua_1' };
    expect([...(await world.deliver([redriven])), ...(await world.deliver([redriven]))]).toEqual([
      'done',
      'done',
    ]);
    expect(world.batches).toHaveLength(1);
  });

  it('that was rejected again goes back under a new id', async () => {
    world.answer = () => ({ outcome: 'rejected', code: 'http_410' });
    const pointer = await world.queue(world.connect(), 'a', QUARANTINED);
    await world.deliver([{ ...pointer, quarantine_id: 'qua_1' }]);
    const row = await world.rowOf(pointer);
    expect(row?.quarantine_id).not.toBe('qua_1');
    expect(world.quarantined).toEqual([{ ...pointer, quarantine_id: row?.quarantine_id }]);
  });
});

describe('a pointer to a row', () => {
  it.each(['delivered', 'skipped'] as const)('that is %s is dropped', async (state) => {
    const pointer = await world.queue(world.connect(), 'a', { state });
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect([world.batches, world.sentLater, world.quarantined]).toEqual([[], [], []]);
  });

  it('that another worker holds comes back, and takes the row over when the lease has ended', async () => {
    const lease = {
      state: 'delivering',
      lease: 'lse_dead',
      lease_until: START_MS + LEASE_MS,
      claims: 1,
    } as const;
    const pointer = await world.queue(world.connect(), 'a', lease);
    expect(await world.deliver([pointer])).toEqual(['again']);
    await world.clock.advance(LEASE_MS + 1);
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'delivered', claims: 0 });
  });

  it('that is gone is dropped', async () => {
    const connection = world.connect();
    const pointer = await world.queue(connection, 'a');
    const other = (last: string) => (last === '0' ? '1' : '0');
    const gone = { ...pointer, delivery_id: pointer.delivery_id.replace(/.$/, other) };
    world.connect({
      tenant_id: connection.tenant_id,
      connection_id: `con_${gone.delivery_id.split('_')[2]}`,
    });
    expect(await world.deliver([gone])).toEqual(['done']);
    expect(world.batches).toEqual([]);
  });
});

describe('the pointer of a delivery over a connection of an occasion', () => {
  const scope = { scope: 'occasion', scope_id: 'A' } as const;
  /** Reads as the store does: beside the platform's, only the connections of scopes that are named. */
  const readsOnlyNamed: DeliverDeps['ofTenant'] = async (tenantId, scopes = []) => {
    const tenant = world.tenants.get(tenantId);
    if (!tenant) throw new Error('There is no such tenant');
    const connections = tenant.connections.filter((one) => ['platform', ...scopes].includes(scopeName(one)));
    return { ...tenant, connections };
  };
  const deliver = (pointer: Pointer) => world.deliver([pointer], { ofTenant: readsOnlyNamed });

  it('says where the connection is, when it is tried again, quarantined and redriven too', async () => {
    const plain = await world.queue(world.connect(scope), 'a', { scope: 'occasion#A' });
    const pointer = { ...plain, scope: 'occasion#A' as const };
    world.answer = () => ({ outcome: 'retry', code: 'http_500' });
    expect(await deliver(pointer)).toEqual(['done']);
    expect(world.sentLater).toEqual([{ pointer, delayMs: expect.any(Number) }]);
    await world.clock.advance(60_000);
    world.answer = () => ({ outcome: 'rejected', code: 'http_410' });
    expect(await deliver(pointer)).toEqual(['done']);
    const [redriven] = world.quarantined as [Pointer];
    expect(redriven).toEqual({ ...pointer, quarantine_id: expect.any(String) });
    world.answer = () => ({ outcome: 'delivered' });
    expect(await deliver(Pointer.parse(JSON.parse(toMessage(redriven).body)))).toEqual(['done']);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'delivered', scope: 'occasion#A' });
  });

  it.each(['platform', 'occasion', 'occasion#', 'occasion#A#webhook', 'galaxy#A', '~occasion#A'])(
    'is none with the scope %s',
    (name) => {
      const ids = { tenant_id: '7d444840-9dc0-11d1-b245-5ffdce74fad2', connector_type: 'webhook' };
      const delivery_id = `dlv_${'0'.repeat(26)}_${'0'.repeat(26)}`;
      expect(Pointer.safeParse({ ...ids, delivery_id }).success).toBe(true);
      expect(Pointer.safeParse({ ...ids, delivery_id, scope: name }).success).toBe(false);
    },
  );
});
