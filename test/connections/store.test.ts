import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionRecord } from '#functions/connections/record.ts';
import { type ConnectionsStore, makeConnectionsStore } from '#functions/connections/store.ts';
import { webhookConnection } from '../harness/outbound.ts';
import { startTables, type Tables } from '../harness/tables.ts';

const bytes = new Uint8Array(8);
const sealed = { wrapped_key: bytes, iv: bytes, ciphertext: bytes, tag: bytes };

let tables: Tables;
let store: ConnectionsStore;
beforeAll(async () => {
  tables = await startTables();
  store = makeConnectionsStore(tables.client, 'connections');
});
afterAll(() => tables.close());

const create = (record: ConnectionRecord) =>
  store.create(record, {
    table: 'secrets',
    sealed: {
      tenant_id: record.tenant_id,
      connection_id: record.connection_id,
      secret_version: record.secret_version,
      sealed,
    },
  });

/** The partition keys of all secrets of a tenant. */
const secretsOf = async (tenantId: string): Promise<string[]> => {
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: 'secrets' }));
  return Items.map((item) => String(unmarshall(item)['pk'])).filter((pk) => pk.startsWith(`T#${tenantId}#`));
};

const secretsKey = (record: ConnectionRecord) => `T#${record.tenant_id}#S#${record.connection_id}`;

describe('creating a connection', () => {
  it('keeps the record as it was given', async () => {
    const record = webhookConnection({
      config: { url: 'https://example.com', events: { 'job_ad.closed': false } },
    });
    expect(await create(record)).toBe(true);
    expect(await store.find(record.tenant_id, 'webhook')).toEqual(record);
  });

  it('lets exactly one of fifty at once win, and only its secrets are kept', async () => {
    const tenant_id = randomUUID();
    const records = Array.from({ length: 50 }, () => webhookConnection({ tenant_id }));
    const won = await Promise.all(records.map(create));
    const winners = records.filter((_, index) => won[index]);
    expect(winners).toHaveLength(1);
    expect((await store.ofTenant(tenant_id)).connections).toEqual(winners);
    expect(await secretsOf(tenant_id)).toEqual(winners.map(secretsKey));
  });

  it('is refused while the tenant has one of the type, in whatever state but revoked', async () => {
    for (const state of ['draft', 'enabled', 'disabled'] as const) {
      const record = webhookConnection({ state });
      await create(record);
      const second = webhookConnection({ tenant_id: record.tenant_id });
      expect(await create(second)).toBe(false);
      expect(await store.find(record.tenant_id, 'webhook')).toEqual(record);
      expect(await secretsOf(record.tenant_id)).toEqual([secretsKey(record)]);
    }
  });

  it('takes the place of one that was revoked', async () => {
    const record = webhookConnection();
    await create(record);
    await store.replace({ ...record, state: 'revoked', revision: 2 });
    const second = webhookConnection({ tenant_id: record.tenant_id });
    expect(await create(second)).toBe(true);
    expect(await store.find(record.tenant_id, 'webhook')).toEqual(second);
  });

  it('leaves no row of secrets when there are none', async () => {
    const record = webhookConnection({ secret_version: 0, secret_fields: {} });
    expect(await store.create(record, undefined)).toBe(true);
    expect(await secretsOf(record.tenant_id)).toEqual([]);
  });
});

describe('replacing a connection', () => {
  it('writes over the revision before it', async () => {
    const record = webhookConnection();
    await create(record);
    const next = { ...record, state: 'disabled' as const, revision: 2 };
    expect(await store.replace(next)).toBe(true);
    expect(await store.find(record.tenant_id, 'webhook')).toEqual(next);
  });

  it('is refused on a stale revision, and changes nothing', async () => {
    const record = webhookConnection();
    await create(record);
    const next = { ...record, revision: 2, config: { url: 'https://example.com/2' } };
    await store.replace(next);
    for (const revision of [1, 2, 4]) expect(await store.replace({ ...record, revision })).toBe(false);
    expect(await store.find(record.tenant_id, 'webhook')).toEqual(next);
  });

  it('lets exactly one of many writers of one revision win', async () => {
    const record = webhookConnection();
    await create(record);
    const replaced = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.replace({ ...record, revision: 2, config: { url: `https://example.com/${index}` } }),
      ),
    );
    expect(replaced.filter(Boolean)).toHaveLength(1);
  });

  it('makes no connection where there is none', async () => {
    const record = webhookConnection({ revision: 2 });
    expect(await store.replace(record)).toBe(false);
    expect(await store.find(record.tenant_id, 'webhook')).toBeUndefined();
  });
});

describe('a tenant', () => {
  it('is not on the allowlist until it is put there, and can be taken off', async () => {
    const tenantId = randomUUID();
    const gates = [await store.gate(tenantId)];
    for (const enabled of [true, false]) {
      await store.setGate(tenantId, enabled);
      gates.push(await store.gate(tenantId));
    }
    expect(gates).toEqual([false, true, false]);
  });

  it('is read as a whole: its gate, and its connections without the gate', async () => {
    const record = webhookConnection();
    const { tenant_id } = record;
    expect(await store.ofTenant(tenant_id)).toEqual({ integrationsEnabled: false, connections: [] });
    await store.setGate(tenant_id, true);
    await create(record);
    expect(await store.ofTenant(tenant_id)).toEqual({ integrationsEnabled: true, connections: [record] });
  });

  it('never sees the connections of another, not even of one whose id begins like its own', async () => {
    const record = webhookConnection();
    await create(record);
    for (const other of [randomUUID(), `${record.tenant_id}0`, record.tenant_id.slice(0, -1)]) {
      expect((await store.ofTenant(other)).connections).toEqual([]);
      expect(await store.find(other, 'webhook')).toBeUndefined();
    }
  });
});
