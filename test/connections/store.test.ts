import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '#functions/connections/changes.ts';
import type { ConnectionRecord } from '#functions/connections/record.ts';
import { secretKey } from '#functions/connections/secrets.ts';
import { CAUSE, changeOf, type ManageConnections, manageConnections } from '../harness/manage.ts';
import { principalOf, webhookConnection } from '../harness/outbound.ts';
import { startTables, type Tables } from '../harness/tables.ts';

const bytes = new Uint8Array(8);
const sealed = [
  {
    name: 'signing_secret',
    version: 1,
    sealed: { wrapped_key: bytes, iv: bytes, ciphertext: bytes, tag: bytes },
  },
];

let tables: Tables;
let manage: ManageConnections;
beforeAll(async () => {
  tables = await startTables();
  manage = manageConnections(tables);
});
afterAll(() => tables.close());

const create = (record: ConnectionRecord, changes: Partial<Change> = {}) =>
  manage.changes.create(changeOf(record, { sealed, ...changes }));
const replace = (record: ConnectionRecord, changes: Partial<Change> = {}) =>
  manage.changes.replace(changeOf(record, changes));
const find = ({ tenant_id }: ConnectionRecord) => manage.find(tenant_id);

/** All items of a tenant in a table. */
const itemsOf = async (TableName: string, tenantId: string) => {
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName }));
  return Items.map((item) => unmarshall(item)).filter(({ pk }) => pk.startsWith(`T#${tenantId}#`));
};
const secretsOf = async (tenantId: string) =>
  (await itemsOf('secrets', tenantId)).map(({ pk, sk }) => ({ pk, sk }));
const deedsOf = async (tenantId: string) =>
  (await itemsOf('connections', tenantId)).filter(({ pk }) => pk.startsWith(`T#${tenantId}#A#`));

const firstSecret = (record: ConnectionRecord) => secretKey(record, { name: 'signing_secret', version: 1 });

describe('creating a connection', () => {
  it('keeps the record and its principal as they were given', async () => {
    const record = webhookConnection({
      config: { url: 'https://example.com', events: { 'job_ad.closed': false } },
    });
    const principal = principalOf(record);
    expect(await create(record, { principal })).toBe(true);
    expect(await manage.standing(record.tenant_id)).toEqual({ connection: record, principal });
  });

  it('lets exactly one of fifty at once win, and only what belongs to it is kept', async () => {
    const tenant_id = randomUUID();
    const records = Array.from({ length: 50 }, () => webhookConnection({ tenant_id }));
    const won = await Promise.all(records.map((record) => create(record)));
    const winners = records.filter((_, index) => won[index]);
    expect(winners).toHaveLength(1);
    const { connections, principals } = await manage.ofTenant(tenant_id);
    expect(connections).toEqual(winners);
    expect(principals.map(({ connection_id }) => connection_id)).toEqual([winners[0]?.connection_id]);
    expect(await secretsOf(tenant_id)).toEqual(winners.map(firstSecret));
    expect(await deedsOf(tenant_id)).toMatchObject([{ connection_id: winners[0]?.connection_id }]);
  });

  it('is refused while the tenant has one of the type, in whatever state but revoked', async () => {
    for (const state of ['draft', 'enabled', 'disabled'] as const) {
      const record = webhookConnection({ state });
      await create(record);
      const second = webhookConnection({ tenant_id: record.tenant_id });
      expect(await create(second)).toBe(false);
      expect(await find(record)).toEqual(record);
      expect(await secretsOf(record.tenant_id)).toEqual([firstSecret(record)]);
    }
  });

  it('takes the place of one that was revoked, once, however many ask at a time', async () => {
    const record = webhookConnection();
    const { tenant_id } = record;
    await create(record);
    await replace({ ...record, state: 'revoked', revision: 2 }, { ended: sealed });
    const records = Array.from({ length: 10 }, () => webhookConnection({ tenant_id }));
    const won = await Promise.all(records.map((one) => create(one)));
    const winners = records.filter((_, index) => won[index]);
    expect(winners).toHaveLength(1);
    expect(await find(record)).toEqual(winners[0]);
    expect(await secretsOf(tenant_id)).toEqual(winners.map(firstSecret));
  });

  it('leaves no row of secrets when there are none', async () => {
    const record = webhookConnection({ secret_version: 0, secret_fields: {} });
    expect(await create(record, { sealed: [] })).toBe(true);
    expect(await secretsOf(record.tenant_id)).toEqual([]);
  });
});

describe('replacing a connection', () => {
  it('writes over the revision before it', async () => {
    const record = webhookConnection();
    await create(record);
    const next = { ...record, state: 'disabled' as const, revision: 2 };
    expect(await replace(next)).toBe(true);
    expect(await find(record)).toEqual(next);
  });

  it('is refused on a stale revision, and leaves no trace: no secret, no activity', async () => {
    const record = webhookConnection();
    await create(record);
    const next = { ...record, revision: 2, config: { url: 'https://example.com/2' } };
    await replace(next);
    const before = [await itemsOf('connections', record.tenant_id), await secretsOf(record.tenant_id)];
    const second = sealed.map((one) => ({ ...one, version: 2 }));
    for (const revision of [1, 2, 4]) {
      expect(await replace({ ...record, revision }, { sealed: second })).toBe(false);
    }
    expect([await itemsOf('connections', record.tenant_id), await secretsOf(record.tenant_id)]).toEqual(
      before,
    );
  });

  it('is refused once another connection has the place, whatever its revision', async () => {
    const record = webhookConnection();
    await create(record);
    await replace({ ...record, state: 'revoked', revision: 2 });
    const second = webhookConnection({ tenant_id: record.tenant_id });
    await create(second);
    // A writer who had read the first one at revision 1, as the second one's is now.
    expect(await replace({ ...record, config: {}, revision: 2 })).toBe(false);
    expect(await find(record)).toEqual(second);
  });

  it('lets exactly one of many writers of one revision win', async () => {
    const record = webhookConnection();
    await create(record);
    const replaced = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        replace({ ...record, revision: 2, config: { url: `https://example.com/${index}` } }),
      ),
    );
    expect(replaced.filter(Boolean)).toHaveLength(1);
    expect(await deedsOf(record.tenant_id)).toHaveLength(2);
  });

  it('makes no connection where there is none', async () => {
    const record = webhookConnection({ revision: 2 });
    expect(await replace(record)).toBe(false);
    expect(await find(record)).toBeUndefined();
  });
});

describe('noting the health of a connection', () => {
  const health = { status: 'degraded', reasons: [{ code: 'check_failed', detail: 'dns_failed' }] } as const;
  const note = (connection: ConnectionRecord) =>
    manage.changes.setHealth({
      connection,
      health,
      deeds: [{ action: 'connection.tested' }],
      cause: CAUSE,
      atMs: 0,
    });

  it('changes nothing else of it', async () => {
    const record = webhookConnection();
    await create(record);
    expect(await note(record)).toBe(true);
    expect(await find(record)).toEqual({ ...record, health });
  });

  it('is refused when the connection was changed or replaced meanwhile, and then is no activity', async () => {
    const record = webhookConnection();
    await create(record);
    for (const other of [
      { ...record, revision: 2 },
      { ...record, connection_id: webhookConnection().connection_id },
      webhookConnection(),
    ])
      expect(await note(other)).toBe(false);
    expect(await find(record)).toEqual(record);
    expect(await deedsOf(record.tenant_id)).toHaveLength(1);
  });
});

describe('a tenant', () => {
  const set = (tenantId: string, integrations_enabled: boolean, more: object = {}) =>
    manage.changes.setTenant(tenantId, { integrations_enabled, ...more }, CAUSE, 0);

  it('is not on the allowlist until it is put there, and can be taken off', async () => {
    const tenantId = randomUUID();
    const gate = async () => (await manage.ofTenant(tenantId)).integrationsEnabled;
    const gates = [await gate()];
    for (const enabled of [true, false]) {
      await set(tenantId, enabled);
      gates.push(await gate());
    }
    expect(gates).toEqual([false, true, false]);
  });

  it('keeps the bounds that were last set, with its record of who set them', async () => {
    const tenantId = randomUUID();
    const throttles = { deliveries_per_second: 5 };
    await set(tenantId, true, { throttles });
    expect((await manage.ofTenant(tenantId)).throttles).toEqual(throttles);
    await set(tenantId, true);
    expect(await manage.ofTenant(tenantId)).not.toHaveProperty('throttles');
    const deeds = await deedsOf(tenantId);
    expect(deeds.map(({ action, actor }) => [action, actor])).toEqual(
      Array(2).fill(['tenant.settings_changed', 'operator']),
    );
    expect(deeds.map(({ changed }) => changed.length).sort()).toEqual([1, 2]);
  });

  it('is read as a whole: its gate, its connections without the gate, and their principals', async () => {
    const record = webhookConnection();
    const { tenant_id } = record;
    const nobody = { integrationsEnabled: false, connections: [], principals: [] };
    expect(await manage.ofTenant(tenant_id)).toEqual(nobody);
    await set(tenant_id, true);
    const principal = principalOf(record);
    await create(record, { principal });
    expect(await manage.ofTenant(tenant_id)).toEqual({
      integrationsEnabled: true,
      connections: [record],
      principals: [principal],
    });
  });

  it('never sees the connections of another, not even of one whose id begins like its own', async () => {
    const record = webhookConnection();
    await create(record);
    for (const other of [randomUUID(), `${record.tenant_id}0`, record.tenant_id.slice(0, -1)]) {
      expect((await manage.ofTenant(other)).connections).toEqual([]);
    }
  });
});
