import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRETS_PURPOSE } from '#contracts/secrets-purpose.ts';
import {
  encryptionContext,
  makeSecretsReader,
  type SecretsOf,
  type SecretsOwner,
  secretItem,
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
  /** Stores one version of a field as a rotation does. */
  const store = async (owner: SecretsOwner, name: string, value: string, version = 1) => {
    const sealed = await makeSeal(client, KEY)(value, encryptionContext(owner));
    await table.put(secretItem(owner, { name, version, sealed }));
  };
  kmsCalls = [];
  return { clock, table, read, store };
};

/** A connection with these versions of its fields, each the newest first with the time until which it is valid. */
const ownerOf = (fields: Record<string, number | readonly [number, ...(readonly [number, number])[]]>) => {
  const at = (ms: number) => new Date(ms).toISOString();
  return webhookConnection({
    secret_fields: Object.fromEntries(
      Object.entries(fields).map(([name, versions]) => {
        const [version, ...previous] = [versions].flat(1) as [number, ...(readonly [number, number])[]];
        const earlier = previous.map(([one, untilMs]) => ({ version: one, until: at(untilMs) }));
        return [name, { version, created_at: at(0), previous: earlier }];
      }),
    ),
  });
};

const revealed = (versions: Awaited<ReturnType<ReturnType<typeof setUp>['read']>>) =>
  versions.map((fields) =>
    Object.fromEntries(Object.entries(fields).map(([name, secret]) => [name, secret.reveal()])),
  );

describe('reading secrets', () => {
  it('gives the fields that were stored, as secrets that print nothing', async () => {
    const { read, store } = setUp();
    const owner = ownerOf({ signing_secret: 1, other: 1 });
    await store(owner, 'signing_secret', 'canary');
    await store(owner, 'other', 'ö');
    const fields = await read(owner);
    expect(revealed(fields)).toEqual([{ signing_secret: 'canary', other: 'ö' }]);
    expect(JSON.stringify(fields)).not.toContain('canary');
  });

  it('decrypts a version once within its time, however many ask, and again after it', async () => {
    const { clock, read, store } = setUp();
    const owner = ownerOf({ a: 1 });
    await store(owner, 'a', '1');
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
    const owner = ownerOf({ a: 1 });
    const rotated = { ...owner, secret_fields: ownerOf({ a: 2 }).secret_fields };
    await store(owner, 'a', 'old');
    await store(owner, 'a', 'new', 2);
    expect([revealed(await read(owner)), revealed(await read(rotated))]).toEqual([
      [{ a: 'old' }],
      [{ a: 'new' }],
    ]);
  });

  it('gives earlier versions too while they are valid, newest first, and not a moment longer', async () => {
    const { clock, read, store } = setUp();
    const owner = ownerOf({ a: [3, [2, 1000], [1, 500]], b: 1 });
    for (const version of [1, 2, 3]) await store(owner, 'a', `a${version}`, version);
    await store(owner, 'b', 'b1');
    expect(revealed(await read(owner))).toEqual([{ a: 'a3', b: 'b1' }, { a: 'a2' }, { a: 'a1' }]);
    await clock.advance(500);
    expect(revealed(await read(owner))).toEqual([{ a: 'a3', b: 'b1' }, { a: 'a2' }]);
    await clock.advance(500);
    expect(revealed(await read(owner))).toEqual([{ a: 'a3', b: 'b1' }]);
  });

  it('asks nobody for the secrets of a connection that has none', async () => {
    const { read } = setUp();
    expect(await read(ownerOf({}))).toEqual([{}]);
    expect(kmsCalls).toEqual([]);
  });

  it('rejects a version that is not there, and finds it once it is', async () => {
    const { read, store } = setUp();
    const owner = ownerOf({ a: 1 });
    await expect(read(owner)).rejects.toThrow('a version of its secrets that is not there');
    await store(owner, 'a', '1');
    expect(revealed(await read(owner))).toEqual([{ a: '1' }]);
  });

  it.each([
    ['tenant', { tenant_id: '11111111-2222-4333-8444-555555555555' }],
    ['connection', { connection_id: randomId('con') }],
  ])('refuses a row that was moved to another %s', async (_name, change) => {
    const { table, read } = setUp();
    const owner = ownerOf({ a: 1 });
    const client = clientOf(kms.endpoint);
    const sealed = await makeSeal(client, KEY)('1', encryptionContext(owner));
    const thief: SecretsOf = { ...owner, ...change };
    await table.put(secretItem(thief, { name: 'a', version: 1, sealed }));
    await expect(read(thief)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });
});

describe('the encryption context', () => {
  it('names tenant, connection and purpose, and nothing that changes with a rotation', () => {
    const owner = webhookConnection();
    const { tenant_id, connection_id } = owner;
    expect(encryptionContext(owner)).toEqual({ tenant_id, connection_id, purpose: SECRETS_PURPOSE });
  });
});
