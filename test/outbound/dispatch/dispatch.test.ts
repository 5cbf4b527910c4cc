import { describe, expect, it } from 'vitest';
import type { ConnectionRecord } from '#functions/connections/record.ts';
import { deliveryIdOf } from '#functions/outbound/keys.ts';
import type { OutboxEntry } from '#functions/outbound/outbox.ts';
import { dispatchWorld } from '../../harness/dispatch-world.ts';
import { START_MS, webhookConnection } from '../../harness/outbound.ts';

/** A world with one tenant and its webhook connection. */
const setUp = () => {
  const world = dispatchWorld();
  const connection = world.connect(webhookConnection());
  return { ...world, connection, tenantId: connection.tenant_id };
};

const idOf = (entry: OutboxEntry, { connection_id }: ConnectionRecord) =>
  deliveryIdOf(entry.event_id, connection_id);

const down = () => Promise.reject(Object.assign(new Error('canary'), { name: 'ServiceUnavailable' }));

describe('dispatching', () => {
  it('makes a queued row and sends a pointer per event and connection, in the tenant’s group', async () => {
    const { connection, tenantId, dispatch, entries, rows, sent, counted } = setUp();
    const events = entries(tenantId, 'a', 'b');
    expect(await dispatch(events)).toEqual([]);
    const ids = events.map((entry) => idOf(entry, connection));
    expect([...rows.keys()]).toEqual(ids.map((id) => `${tenantId}/${id}`));
    expect(sent).toEqual(
      ids.map((delivery_id) => ({
        lane: 'https://sqs/webhook',
        groupId: tenantId,
        pointer: { tenant_id: tenantId, delivery_id, connector_type: 'webhook' },
      })),
    );
    expect(counted).toEqual(['dispatched 2 webhook']);
  });

  it('keeps in a row what the event is about and when it may be forgotten', async () => {
    const { tenantId, dispatch, entries, rows } = setUp();
    await dispatch(entries(tenantId, 'a'));
    expect([...rows.values()]).toEqual([
      {
        connector: 'webhook',
        type: 'company.updated',
        subject: 'company:cmp_a',
        at: '2026-11-20T08:30:00.000Z',
        state: 'queued',
        received: START_MS,
        created: START_MS,
        updated: START_MS,
        spent: 0,
        claims: 0,
        attempts: [],
        expires: START_MS / 1000 + 30 * 86_400,
      },
    ]);
  });

  it('reads those scopes alone that its events name, and says in row and pointer where a connection is', async () => {
    const { tenantId, connection, connect, dispatch, entries, rows, sent, asked } = setUp();
    const scope = { scope: 'occasion', scope_id: 'A' } as const;
    const scoped = connect(webhookConnection({ tenant_id: tenantId, ...scope }));
    const [plain, first, second] = entries(tenantId, 'plain', 'a', 'b') as [
      OutboxEntry,
      OutboxEntry,
      OutboxEntry,
    ];
    const named = [first, second].map((entry) => ({ ...entry, scope: 'occasion#A' as const }));
    await dispatch([plain]);
    expect(await dispatch(named)).toEqual([]);
    expect(asked).toEqual([[], ['occasion#A']]);
    expect([...rows].map(([key, row]) => [key.split('/')[1], row.scope])).toEqual([
      [idOf(plain, connection), undefined],
      [idOf(first, connection), undefined],
      [idOf(first, scoped), 'occasion#A'],
      [idOf(second, connection), undefined],
      [idOf(second, scoped), 'occasion#A'],
    ]);
    expect(sent.map(({ pointer }) => pointer.scope)).toEqual([
      undefined,
      undefined,
      'occasion#A',
      undefined,
      'occasion#A',
    ]);
  });

  it('makes nothing for a connection whose connector does not deliver', async () => {
    const { tenantId, connect, dispatch, entries, rows } = setUp();
    connect(webhookConnection({ tenant_id: tenantId, connector_type: 'connect_only' }));
    expect(await dispatch(entries(tenantId, 'a'))).toEqual([]);
    expect([...rows.values()].map(({ connector }) => connector)).toEqual(['webhook']);
  });

  it('sends each connector’s pointers through its own lane', async () => {
    const { tenantId, connect, dispatch, entries, sent } = setUp();
    connect(webhookConnection({ tenant_id: tenantId, connector_type: 'sample' }));
    await dispatch(entries(tenantId, 'a'));
    expect(sent.map(({ lane, pointer }) => [lane, pointer.connector_type])).toEqual([
      ['https://sqs/webhook', 'webhook'],
      ['https://sqs/sample', 'sample'],
    ]);
  });

  it('leaves a row with the reason where an event is not sent', async () => {
    const { connect, dispatch, entries, rows, sent } = dispatchWorld();
    const { tenant_id } = connect(webhookConnection({ state: 'disabled' }));
    expect(await dispatch(entries(tenant_id, 'a'))).toEqual([]);
    expect([...rows.values()]).toMatchObject([{ state: 'skipped', reason: 'connection_disabled' }]);
    expect(sent).toEqual([]);
  });

  it('writes the events of each tenant into its journal, also those that go nowhere', async () => {
    const { tenantId, dispatch, entries, journal } = setUp();
    const stranger = '11111111-2222-4333-8444-555555555555';
    const events = [...entries(tenantId, 'a'), ...entries(stranger, 'b'), ...entries(tenantId, 'c')];
    await dispatch(events);
    const expires = START_MS / 1000 + 90 * 86_400;
    const idsOf = (tenant: string) =>
      events.filter(({ tenant_id }) => tenant_id === tenant).map(({ event_id }) => event_id);
    expect(journal).toEqual(
      [tenantId, stranger].map((id) => ({ tenantId: id, eventIds: idsOf(id), expires })),
    );
  });

  it('logs ids and counts, and no payload', async () => {
    const { tenantId, dispatch, entries, lines } = setUp();
    await dispatch(entries(tenantId, 'a', 'b'));
    expect(lines).toEqual([
      { stage: 'dispatch', outcome: 'dispatched', tenant_id: tenantId, count: 2, duration_ms: 0 },
    ]);
  });
});

describe('dispatching the same events again', () => {
  it('leaves the same rows, untouched', async () => {
    const { tenantId, clock, dispatch, entries, rows } = setUp();
    const events = entries(tenantId, 'a', 'b');
    await dispatch(events);
    const before = new Map(rows);
    await clock.advance(60_000);
    expect(await dispatch(events)).toEqual([]);
    expect(rows).toEqual(before);
  });

  it('sends again what is still queued: the run before may have died before it could', async () => {
    const { tenantId, dispatch, entries, sent } = setUp();
    const events = entries(tenantId, 'a');
    await expect(dispatch(events, { send: down })).resolves.toEqual(events);
    expect(sent).toEqual([]);
    await dispatch(events);
    expect(sent).toHaveLength(1);
  });

  it.each(['delivering', 'retry', 'delivered', 'skipped', 'quarantined'] as const)(
    'does not send what is already %s',
    async (state) => {
      const { tenantId, dispatch, entries, rows, sent } = setUp();
      const events = entries(tenantId, 'a', 'b');
      await dispatch(events);
      const [key = '', row] = [...rows][0] ?? [];
      if (row) rows.set(key, { ...row, state });
      sent.length = 0;
      expect(await dispatch(events)).toEqual([]);
      expect(sent.map(({ pointer }) => `${tenantId}/${pointer.delivery_id}`)).toEqual(
        [...rows.keys()].slice(1),
      );
    },
  );

  it('does not send what was skipped, though its connection was enabled meanwhile', async () => {
    const world = dispatchWorld();
    const record = webhookConnection({ state: 'disabled' });
    world.connect(record);
    const events = world.entries(record.tenant_id, 'a');
    await world.dispatch(events);
    const enabled = {
      integrationsEnabled: true,
      principals: [],
      connections: [{ ...record, state: 'enabled' as const }],
    };
    await world.dispatch(events, { ofTenant: async () => enabled });
    expect(world.sent).toEqual([]);
  });
});

describe('what could not be dispatched comes back', () => {
  it('exactly those events whose pointers the queue did not take', async () => {
    const { tenantId, dispatch, entries, counted, lines } = setUp();
    const events = entries(tenantId, 'a', 'b', 'c', 'd');
    const failed = await dispatch(events, { send: async () => new Set([1, 3]) });
    expect(failed).toEqual([events[1], events[3]]);
    expect(counted).toEqual(['dispatched 2 webhook']);
    expect(lines).toContainEqual(
      expect.objectContaining({ outcome: 'failed', code: 'send_refused', count: 2 }),
    );
  });

  it('an event of which one of two lanes took its pointer', async () => {
    const { tenantId, connect, dispatch, entries } = setUp();
    connect(webhookConnection({ tenant_id: tenantId, connector_type: 'sample' }));
    const events = entries(tenantId, 'a', 'b');
    const send = async (lane: string) => new Set(lane.endsWith('sample') ? [0] : []);
    expect(await dispatch(events, { send })).toEqual([events[0]]);
  });

  it('all events of a tenant that cannot be read, and those of other tenants are dispatched', async () => {
    const { tenantId, connection, connect, dispatch, entries, sent, lines } = setUp();
    const other = connect(webhookConnection());
    const [a, b, c] = [...entries(tenantId, 'a', 'b'), ...entries(other.tenant_id, 'c')];
    const events = [a, c, b].flatMap((entry) => entry ?? []);
    const tenants = [connection, other].map((record) => record.tenant_id);
    const ofTenant = (id: string) =>
      id === tenants[0]
        ? down()
        : Promise.resolve({ integrationsEnabled: true, principals: [], connections: [other] });
    expect(await dispatch(events, { ofTenant })).toEqual([a, b]);
    expect(sent.map(({ groupId }) => groupId)).toEqual([other.tenant_id]);
    expect(lines[0]).toEqual({
      stage: 'dispatch',
      outcome: 'failed',
      code: 'ServiceUnavailable',
      tenant_id: tenantId,
      count: 2,
    });
  });

  it.each(['createDelivery', 'send', 'appendToJournal'] as const)(
    'all events of a tenant when %s fails, without the message in the log',
    async (dependency) => {
      const { tenantId, dispatch, entries, lines } = setUp();
      const events = entries(tenantId, 'a', 'b');
      expect(await dispatch(events, { [dependency]: down })).toEqual(events);
      expect(JSON.stringify(lines)).not.toContain('canary');
    },
  );

  it('the events of a connector that has no lane, and no message is lost over it', async () => {
    const { tenantId, connect, dispatch, entries, sent } = setUp();
    connect(webhookConnection({ tenant_id: tenantId, connector_type: 'telegraph' }));
    const other = connect(webhookConnection());
    const events = [...entries(tenantId, 'a'), ...entries(other.tenant_id, 'b')];
    expect(await dispatch(events)).toEqual(events.slice(0, 1));
    expect(sent.map(({ groupId }) => groupId)).toContain(other.tenant_id);
  });
});

describe('nothing to dispatch', () => {
  it('is done at once', async () => {
    const { dispatch, sent, journal } = dispatchWorld();
    expect([await dispatch([]), sent, journal]).toEqual([[], [], []]);
  });
});
