import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRETS_PURPOSE } from '#contracts/secrets-purpose.ts';
import {
  encryptionContext,
  makeSecretsReader,
  type SecretsOwner,
  secretsItem,
} from '#functions/connections/secrets.ts';
import { makeOpen, makeSeal } from '#functions/platform/crypto/seal.ts';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import { randomId } from '#functions/platform/ids.ts';
import type { KmsServer } from '#local/kms/server.ts';
import { manualClock } from '#local/manual-clock.ts';
import { webhookConnection } from '../harness/outbound.ts';
import { startTables, type Tables } from '../harness/tables.ts';
import { clientOf, KEY, kmsWithKeys } from '../local/kms/kms-setup.ts';

const TTL_MS = 60_000;

let tables: Tables;
let kms: KmsServer;
let kmsCalls: string[] = [];
beforeAll(async () => {
  tables = await startTables();
  kms = await kmsWithKeys({ onRequest: ({ operation }) => kmsCalls.push(operation) });
});
afterAll(async () => {
  await kms.close();
  await tables.close();
});

/** A reader with an empty cache, and a way to store a version as `create` does. */
const setUp = () => {
  const clock = manualClock(0);
  const table = makeTable(tables.client, 'secrets');
  const client = clientOf(kms.endpoint);
  const read = makeSecretsReader({ table, open: makeOpen(client, KEY), now: clock.now, ttlMs: TTL_MS });
  const store = async (owner: SecretsOwner, fields: Record<string, string>) => {
    const sealed = await makeSeal(client, KEY)(JSON.stringify(fields), encryptionContext(owner));
    await table.put(secretsItem({ ...ownerOf(owner), sealed }));
  };
  kmsCalls = [];
  return { clock, table, read, store };
};

const ownerOf = ({ tenant_id, connection_id, secret_version }: SecretsOwner): SecretsOwner => ({
  tenant_id,
  connection_id,
  secret_version,
});

const revealed = (fields: Readonly<Record<string, { reveal(): string }>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, secret]) => [name, secret.reveal()]));

describe('reading secrets', () => {
  it('gives the fields that were stored, as secrets that print nothing', async () => {
    const { read, store } = setUp();
    const owner = webhookConnection();
    await store(owner, { signing_secret: 'canary', other: 'ö' });
    const fields = await read(owner);
    expect(revealed(fields)).toEqual({ signing_secret: 'canary', other: 'ö' });
    expect(JSON.stringify(fields)).not.toContain('canary');
  });

  it('decrypts a version once within its time, however many ask, and again after it', async () => {
    const { clock, read, store } = setUp();
    const owner = webhookConnection();
    await store(owner, { a: '1' });
    await Promise.all([read(owner), read(owner), read(owner)]);
    await clock.advance(TTL_MS - 1);
    await read(owner);
    expect(kmsCalls).toEqual(['GenerateDataKey', 'Decrypt']);
    await clock.advance(1);
    await read(owner);
    expect(kmsCalls).toEqual(['GenerateDataKey', 'Decrypt', 'Decrypt']);
  });

  it('sees a new version at once', async () => {
    const { read, store } = setUp();
    const owner = webhookConnection();
    const rotated = { ...owner, secret_version: 2 };
    await store(owner, { a: 'old' });
    await store(rotated, { a: 'new' });
    expect([revealed(await read(owner)), revealed(await read(rotated))]).toEqual([
      { a: 'old' },
      { a: 'new' },
    ]);
  });

  it('asks nobody for the secrets of a connection that has none', async () => {
    const { read } = setUp();
    expect(await read(webhookConnection({ secret_version: 0 }))).toEqual({});
    expect(kmsCalls).toEqual([]);
  });

  it('rejects a version that is not there, and finds it once it is', async () => {
    const { read, store } = setUp();
    const owner = webhookConnection();
    await expect(read(owner)).rejects.toThrow('a version of its secrets that is not there');
    await store(owner, { a: '1' });
    expect(revealed(await read(owner))).toEqual({ a: '1' });
  });

  it.each([
    ['tenant', { tenant_id: '11111111-2222-4333-8444-555555555555' }],
    ['connection', { connection_id: randomId('con') }],
  ])('refuses a row that was moved to another %s', async (_name, change) => {
    const { table, read } = setUp();
    const owner = webhookConnection();
    const client = clientOf(kms.endpoint);
    const sealed = await makeSeal(client, KEY)('{"a":"1"}', encryptionContext(owner));
    const thief = ownerOf({ ...owner, ...change });
    await table.put(secretsItem({ ...thief, sealed }));
    await expect(read(thief)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });
});

describe('the encryption context', () => {
  it('names tenant, connection and purpose, and nothing that changes with a rotation', () => {
    const owner = webhookConnection();
    const { tenant_id, connection_id } = owner;
    const expected = { tenant_id, connection_id, purpose: SECRETS_PURPOSE };
    expect(encryptionContext(owner)).toEqual(expected);
    expect(encryptionContext({ ...owner, secret_version: 9 })).toEqual(expected);
  });
});
