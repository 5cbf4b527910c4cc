import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '#functions/connectors/define.ts';
import type { DeliverDeps } from '#functions/outbound/deliver/deps.ts';
import type { Pointer } from '#functions/outbound/pointer.ts';
import { Secret } from '#functions/platform/crypto/secret.ts';
import { sampleConnector } from '../../harness/connector.ts';
import { type DeliverWorld, deliverWorld, down, RETENTION_DAYS } from '../../harness/deliver-world.ts';
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

const statesOf = async (pointers: readonly Pointer[]) =>
  Promise.all(pointers.map(async (pointer) => (await world.rowOf(pointer))?.state));

const keysOf = (envelopes: readonly { idempotency_key: string }[] = []) =>
  envelopes.map(({ idempotency_key }) => idempotency_key);

describe('delivering', () => {
  it('hands the connector its configuration, its secrets and the event, and records the attempt', async () => {
    const connection = world.connect();
    const pointer = await world.queue(connection, 'a');
    expect(await world.deliver([pointer])).toEqual(['done']);
    const [batch] = world.batches;
    expect(batch?.config).toEqual({ account: 'abc' });
    expect(batch?.secrets.map((version) => version['access_token']?.reveal())).toEqual([
      `token of ${connection.connection_id}`,
    ]);
    expect(batch?.envelopes).toEqual([...world.events.values()]);
    expect(await world.rowOf(pointer)).toMatchObject({
      state: 'delivered',
      spent: 1,
      claims: 0,
      attempts: [{ outcome: 'delivered', at: new Date(START_MS).toISOString() }],
      expires: START_MS / 1000 + RETENTION_DAYS * 86_400,
    });
    expect([world.sentLater, world.quarantined]).toEqual([[], []]);
  });

  it('hands over no personal field that the connection’s allowlist does not name', async () => {
    const [open, closed] = [
      world.connect(),
      world.connect({ config: { account: 'abc', pii_allowlist: [] } }),
    ];
    for (const connection of [open, closed]) {
      const pointer = await world.queue(connection, 'a');
      for (const [id, envelope] of world.events)
        world.events.set(id, { ...envelope, data: { ...envelope.data, work_email: 'someone@example.com' } });
      await world.deliver([pointer]);
    }
    const sent = world.batches.map(({ envelopes }) => envelopes.map(({ data }) => data['work_email']));
    expect(sent).toEqual([['someone@example.com'], [undefined]]);
  });

  it('counts what was attempted and logs ids and codes, never a payload, a secret or a message', async () => {
    const connection = world.connect();
    world.answer = ({ idempotency_key }) =>
      idempotency_key === 'a' ? { outcome: 'delivered' } : { outcome: 'retry', code: 'http_500' };
    const row = { received: START_MS - 1234 };
    const pointers = [
      await world.queue(connection, 'a', row, { name: 'canary' }),
      await world.queue(connection, 'b'),
    ];
    await world.deliver(pointers);
    expect(world.counted).toEqual(['attempts 1 sample delivered', 'attempts 1 sample retry']);
    // Rows are recorded side by side, so the lines come in any order.
    const lines = world.lines.toSorted((a, b) => a.outcome.localeCompare(b.outcome));
    expect(lines).toMatchObject([
      { stage: 'deliver', outcome: 'delivered', attempt: 1, duration_ms: 0, lag_ms: 1234 },
      { stage: 'deliver', outcome: 'retry', code: 'http_500', connection_id: connection.connection_id },
    ]);
    expect(JSON.stringify(world.lines)).not.toMatch(/canary|token of/);
  });

  it('has nothing to do for nothing', async () => {
    expect(await world.deliver([])).toEqual([]);
  });
});

describe('what a destination does never fails a message', () => {
  const outcomes: [AttemptOutcome, string][] = [
    [{ outcome: 'delivered', ref: 'theirs' }, 'delivered'],
    [{ outcome: 'retry', code: 'http_500' }, 'retry'],
    [{ outcome: 'throttled', code: 'http_429' }, 'retry'],
    [{ outcome: 'unauthorized', code: 'http_401' }, 'quarantined'],
    [{ outcome: 'rejected', code: 'http_400' }, 'quarantined'],
    [{ outcome: 'blocked', code: 'policy' }, 'skipped'],
  ];

  it.each(outcomes)('%o leaves a row that is %s', async (outcome, state) => {
    world.answer = () => outcome;
    const pointer = await world.queue(world.connect(), 'a');
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(await world.rowOf(pointer)).toMatchObject({ state, attempts: [{ outcome: outcome.outcome }] });
  });

  it('whatever mixture of outcomes it answers with', async () => {
    const list = fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(list, async (expected) => {
        const connection = world.connect();
        world.answer = ({ idempotency_key }) =>
          expected[Number(idempotency_key)]?.[0] ?? { outcome: 'rejected', code: 'unexpected' };
        const pointers = await Promise.all(
          expected.map((_, index) => world.queue(connection, String(index))),
        );
        expect(new Set(await world.deliver(pointers))).toEqual(new Set(['done']));
        expect(await statesOf(pointers)).toEqual(expected.map(([, state]) => state));
      }),
      { numRuns: 15 },
    );
  });

  it('a connector that throws has made an attempt that is tried again, and its message is in no log', async () => {
    const pointer = await world.queue(world.connect(), 'a');
    const connector = sampleConnector({ deliver: () => Promise.reject(new RangeError('canary')) });
    expect(await world.deliver([pointer], { connector })).toEqual(['done']);
    expect(await world.rowOf(pointer)).toMatchObject({
      state: 'retry',
      reason: 'connector_failed',
      spent: 1,
      attempts: [{ outcome: 'retry', code: 'connector_failed' }],
    });
    expect(world.lines[0]).toMatchObject({ outcome: 'failed', code: 'RangeError' });
    expect(JSON.stringify(world.lines)).not.toContain('canary');
  });

  it('a connector that answers for too few has the others tried again', async () => {
    const connection = world.connect();
    const pointers = [await world.queue(connection, 'a'), await world.queue(connection, 'b')];
    const connector = sampleConnector({ deliver: async () => [{ outcome: 'delivered' }] });
    expect(await world.deliver(pointers, { connector })).toEqual(['done', 'done']);
    expect(await statesOf(pointers)).toEqual(['delivered', 'retry']);
  });
});

const needsReauth = {
  status: 'needs_reauth' as const,
  base_url: 'https://api.vendor.example',
  scopes_requested: [],
  scopes_granted: [],
  granted_at: '2029-01-01T00:00:00.000Z',
};

describe('a connection that is not ready', () => {
  it.each([
    ['is paused', { paused_at: '2029-01-01T00:00:00.000Z' }, 'paused'],
    ['lost its grant at the vendor', { authorization: needsReauth }, 'needs_reauth'],
    ['has a configuration that its connector refuses', { config: { account: 'a' } }, 'connection_invalid'],
    ['lacks a secret that its connector asks for', { secret_fields: {} }, 'connection_invalid'],
    ['has common fields that are wrong', { config: { account: 'abc', events: 1 } }, 'connection_invalid'],
  ] as const)(
    'since it %s has its rows parked without an attempt, until it is',
    async (_name, changes, reason) => {
      const connection = world.connect();
      const pointer = await world.queue(connection, 'a', { spent: 3 });
      world.change(connection, changes);
      expect(await world.deliver([pointer])).toEqual(['done']);
      expect(await world.rowOf(pointer)).toMatchObject({ state: 'parked', reason, spent: 3, attempts: [] });
      expect(world.batches).toEqual([]);
      world.change(connection, {});
      expect(await world.deliver([pointer])).toEqual(['done']);
      const row = await world.rowOf(pointer);
      expect(row).toMatchObject({ state: 'delivered', spent: 4 });
      expect(row).not.toHaveProperty('wait');
    },
  );

  it('is noted to have parked deliveries before the first of them is parked', async () => {
    const connection = world.connect({ paused_at: '2029-01-01T00:00:00.000Z' });
    const pointer = await world.queue(connection, 'a');
    expect(await world.deliver([pointer], { touchParking: down })).toEqual(['again']);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'queued' });
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(world.touched).toEqual([connection.connection_id]);
  });

  it('parks a row only when it could be claimed: what is over, leased or not due stays as it is', async () => {
    const connection = world.connect({ paused_at: '2029-01-01T00:00:00.000Z' });
    const rows = [
      { state: 'delivered' },
      { state: 'skipped' },
      { state: 'delivering', lease: 'lse_1', lease_until: START_MS + 1 },
      { state: 'retry', due: START_MS + 1 },
      { state: 'quarantined', quarantine_id: 'qua_1' },
    ] as const;
    const pointers = await Promise.all(rows.map((row, index) => world.queue(connection, `k${index}`, row)));
    expect(await world.deliver(pointers)).toEqual(['done', 'done', 'again', 'done', 'done']);
    expect(await statesOf(pointers)).toEqual(rows.map(({ state }) => state));
  });
});

describe('a connection that does not deliver', () => {
  it.each([
    ['is disabled', { state: 'disabled' }, 'connection_disabled'],
    ['is revoked', { state: 'revoked' }, 'connection_revoked'],
    ['went back to a draft', { state: 'draft' }, 'connection_disabled'],
    ['was replaced by another', { connection_id: 'con_other' }, 'connection_revoked'],
  ] as const)('since it %s leaves its rows skipped', async (_name, changes, reason) => {
    const connection = world.connect();
    const pointer = await world.queue(connection, 'a', { spent: 3 });
    world.change(connection, changes);
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'skipped', reason, spent: 3, attempts: [] });
    expect(world.batches).toEqual([]);
  });

  it('is noted as degraded where its connector refuses it, with what it lacks, and as used by nobody', async () => {
    const connection = world.connect();
    const pointer = await world.queue(connection, 'a');
    world.change(connection, { config: {}, secret_fields: {} });
    await world.deliver([pointer]);
    const fields = world.degraded.at(-1)?.errors.map(({ field }) => field);
    expect(fields).toEqual(['config.account', 'secrets.access_token']);
    expect(world.used).toEqual([]);
  });

  it('since its tenant was taken off the allowlist leaves its rows skipped', async () => {
    const connection = world.connect();
    const pointer = await world.queue(connection, 'a');
    world.change(connection, {}, false);
    await world.deliver([pointer]);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'skipped', reason: 'gated' });
  });
});

describe('secrets that are destroyed between the two reads of a connection', () => {
  const gone = () => Promise.reject(new Error('no such version'));

  it('are read anew from what the connection has become: the group is delivered', async () => {
    const connection = world.connect();
    const pointer = await world.queue(connection, 'a');
    const readSecrets: DeliverDeps['readSecrets'] = async (record) => {
      if ('revision' in record && record.revision === 2) return [{ access_token: new Secret('new') }];
      world.change(connection, { revision: 2 });
      return gone();
    };
    expect(await world.deliver([pointer], { readSecrets })).toEqual(['done']);
    expect(world.batches.at(-1)?.secrets[0]?.['access_token']?.reveal()).toBe('new');
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'delivered', spent: 1 });
  });

  it('by a revocation leave the rows skipped', async () => {
    const connection = world.connect();
    const pointer = await world.queue(connection, 'a');
    const readSecrets = () => {
      world.change(connection, { state: 'revoked', revision: 2 });
      return gone();
    };
    expect(await world.deliver([pointer], { readSecrets })).toEqual(['done']);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'skipped', reason: 'connection_revoked' });
  });

  it('and are still named leave the message to come again, and the row as it was', async () => {
    const pointer = await world.queue(world.connect(), 'a');
    expect(await world.deliver([pointer], { readSecrets: gone })).toEqual(['again']);
    expect(await world.rowOf(pointer)).toMatchObject({ state: 'queued', claims: 0 });
  });
});

describe('the use of a connection', () => {
  it('is noted once for a group that was attempted, whatever became of it', async () => {
    const connection = world.connect();
    world.answer = () => ({ outcome: 'retry', code: 'http_500' });
    await world.deliver([await world.queue(connection, 'a'), await world.queue(connection, 'b')]);
    expect(world.used.map(({ connection: used }) => used)).toEqual([connection]);
    expect(world.used[0]?.principal?.connection_id).toBe(connection.connection_id);
  });

  it('is not noted where there was nothing left to do', async () => {
    const pointer = await world.queue(world.connect(), 'a', { state: 'delivered' });
    expect(await world.deliver([pointer])).toEqual(['done']);
    expect(world.used).toEqual([]);
  });
});

describe('a batch of many', () => {
  it('is answered in its order, with one call per connection', async () => {
    const first = world.connect();
    const second = world.connect({ tenant_id: first.tenant_id });
    const foreign = world.connect();
    world.answer = ({ idempotency_key }) =>
      idempotency_key === 'bad' ? { outcome: 'rejected', code: 'http_400' } : { outcome: 'delivered' };
    const late = { state: 'retry', due: START_MS + 9000 } as const;
    const pointers = [
      await world.queue(first, 'a'),
      await world.queue(foreign, 'a'),
      await world.queue(second, 'bad'),
      await world.queue(first, 'b'),
      await world.queue(foreign, 'c', { state: 'delivering', lease: 'lse_1', lease_until: START_MS + 1 }),
      await world.queue(second, 'd', late),
      await world.queue(first, 'bad'),
    ];
    expect(await world.deliver(pointers)).toEqual(['done', 'done', 'done', 'done', 'again', 'done', 'done']);
    const expected = [
      'delivered',
      'delivered',
      'quarantined',
      'delivered',
      'delivering',
      'retry',
      'quarantined',
    ];
    expect(await statesOf(pointers)).toEqual(expected);
    const calls = world.batches.map(({ envelopes }) => keysOf(envelopes));
    expect(calls.sort()).toEqual([['a'], ['a', 'b', 'bad'], ['bad']]);
  });

  it('hands no connector the events of another tenant', async () => {
    const [one, other] = [world.connect(), world.connect()];
    await world.deliver([await world.queue(one, 'a'), await world.queue(other, 'b')]);
    const tenants = world.batches.map(({ envelopes }) => envelopes.map(({ tenant_id }) => tenant_id));
    expect(tenants.sort()).toEqual([[one.tenant_id], [other.tenant_id]].sort());
  });

  it('delivers a row that two of its pointers name once', async () => {
    const pointer = await world.queue(world.connect(), 'a');
    const results = await world.deliver([pointer, { ...pointer }]);
    expect(results.sort()).toEqual(['again', 'done']);
    expect(world.batches.map(({ envelopes }) => keysOf(envelopes))).toEqual([['a']]);
  });
});
