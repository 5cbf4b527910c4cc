import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTokenRecords } from '#functions/connections/oauth/token-record.ts';
import type { ConnectionRecord } from '#functions/connections/record.ts';
import { LEASE_MS, RESERVE_MS } from '#functions/connections/rewrap/run.ts';
import { encryptionContext, secretItem, secretKey } from '#functions/connections/secrets.ts';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import type { KmsServer } from '#local/kms/server.ts';
import { CAUSE } from '../../harness/manage.ts';
import { type RewrapWorld, rewrapWorld } from '../../harness/rewrap-world.ts';
import { emptyTables, startTables, type Tables } from '../../harness/tables.ts';
import { kmsWithKeys } from '../../local/kms/kms-setup.ts';

let tables: Tables;
let kms: KmsServer;
beforeAll(async () => {
  [tables, kms] = await Promise.all([startTables(), kmsWithKeys()]);
});
afterAll(async () => {
  await Promise.all([tables.close(), kms.close()]);
});

interface Populated {
  readonly world: RewrapWorld;
  readonly connections: readonly ConnectionRecord[];
  readonly rewrapId: string;
}

const APPS = ['hubspot', 'slack'];

/** Five connections in both lists and two apps, sealed before a rotation, and a rewrap that has just been started. */
const populated = async (): Promise<Populated> => {
  await emptyTables(tables, ['connections', 'secrets']);
  const world = rewrapWorld(tables, kms);
  const connections: ConnectionRecord[] = [];
  for (const status of ['ok', 'degraded', 'ok', 'ok', 'degraded'] as const)
    connections.push(await world.connect(status));
  for (const app of APPS) await world.setUpApp(app);
  await world.rotate();
  return { world, connections, rewrapId: await world.start() };
};
const KEYS = 5 * 3 + APPS.length;

let the: Populated;
let before: Awaited<ReturnType<RewrapWorld['wrapping']>>;
beforeEach(async () => {
  the = await populated();
  before = await the.world.wrapping();
});

const RUNS_MAX = 12;

/** Runs, with time for each lease to end, until the rewrap is over. */
const runToEnd = async ({ world }: Populated): Promise<readonly string[]> => {
  const outcomes: string[] = [];
  while (outcomes.at(-1) !== 'done' && outcomes.length < RUNS_MAX) {
    outcomes.push(await world.run());
    await world.clock.advance(LEASE_MS);
  }
  return outcomes;
};

const jobOf = ({ world, rewrapId }: Populated) => world.rewraps.show(rewrapId);
const complete = () => ({ behind: 0, plaintexts: before.plaintexts });

/** Acts at the first call of that kind, and lets all of them wait until it has. */
const atFirst = (wanted: string, act: () => Promise<unknown>) => {
  let acting: Promise<unknown> | undefined;
  return async (command: string) => {
    if (command !== wanted) return;
    acting ??= act();
    await acting;
  };
};

const death = () => Promise.reject(new Error('killed'));

describe('a rewrap after a rotation of the key', () => {
  it('brings every data key under the new material, and all that was sealed still opens', async () => {
    expect(before.behind).toBe(KEYS);
    expect(await runToEnd(the)).toEqual(['paused', 'done']);
    expect(await the.world.wrapping()).toEqual(complete());
    expect(await jobOf(the)).toMatchObject({
      state: 'done',
      finished_at: expect.any(String),
      counts: { rewrapped: KEYS, overtaken: 0, failed: 0 },
    });
  });

  it('leaves as it is what is under the current material', async () => {
    await runToEnd(the);
    const stored = await the.world.secretItems();
    const rewrapId = await the.world.start();
    await runToEnd(the);
    expect(await jobOf({ ...the, rewrapId })).toMatchObject({ counts: { rewrapped: 0, failed: 0 } });
    expect(await the.world.secretItems()).toEqual(stored);
  });

  it('asks for one read when there is none that is running', async () => {
    await runToEnd(the);
    const commands: string[] = [];
    expect(await the.world.run({ before: async (command) => void commands.push(command) })).toBe('idle');
    expect(commands).toEqual(['GetItemCommand']);
  });

  it('stops where too little time remains, page by page, and the next runs go on', async () => {
    expect(await the.world.run({}, () => RESERVE_MS - 1)).toBe('paused');
    const { counts } = (await jobOf(the)) as { counts: { connections: number } };
    expect(counts.connections).toBe(2);
    await runToEnd(the);
    expect(await the.world.wrapping()).toEqual(complete());
  });

  it.each(['before', 'after'] as const)(
    'is complete though its runner dies %s any one of its calls',
    { timeout: 300_000 },
    async (moment) => {
      for (let deadly = 1; ; deadly += 1) {
        the = await populated();
        before = await the.world.wrapping();
        let calls = 0;
        const dying = async () => {
          calls += 1;
          if (calls === deadly) await death();
        };
        const first = await the.world.run({ [moment]: dying }).catch(() => 'killed');
        await the.world.clock.advance(LEASE_MS);
        await runToEnd(the);
        expect([deadly, await the.world.wrapping()]).toEqual([deadly, complete()]);
        expect(await jobOf(the)).toMatchObject({ state: 'done', counts: { failed: 0 } });
        if (first !== 'killed') break;
      }
    },
  );

  it('repeats what a failure of KMS has kept it from, and counts nothing as failed', async () => {
    await the.world.kmsClient.send(new DisableKeyCommand({ KeyId: the.world.key }));
    await expect(the.world.run()).rejects.toMatchObject({ name: 'DisabledException' });
    await the.world.kmsClient.send(new EnableKeyCommand({ KeyId: the.world.key }));
    await the.world.clock.advance(LEASE_MS);
    await runToEnd(the);
    expect(await the.world.wrapping()).toEqual(complete());
    expect(await jobOf(the)).toMatchObject({ state: 'done', counts: { overtaken: 0, failed: 0 } });
  });
});

describe('what happens while a rewrap runs', () => {
  const secrets = () => makeTable(tables.client, 'secrets');
  const first = () => the.connections[0] as ConnectionRecord;

  /** Runs to the end with `act` between the read of the first page's secrets and their first write. */
  const during = async (act: () => Promise<unknown>) => {
    await the.world.run({ before: atFirst('ReEncryptCommand', act) });
    await runToEnd(the);
    return jobOf(the);
  };
  const ofEach = async (act: (connection: ConnectionRecord) => Promise<unknown>) => {
    for (const connection of the.connections) await act(connection);
  };

  it('is not undone: a secret that is written anew stays as it was written', async () => {
    const item = async (owner: ConnectionRecord) => {
      const sealed = await the.world.seal('new', encryptionContext(owner));
      await secrets().put(secretItem(owner, { name: 'signing_secret', version: 2, sealed }));
    };
    const job = await during(() => ofEach(item));
    expect(job).toMatchObject({ state: 'done', counts: { overtaken: 2, failed: 0 } });
    const { behind, plaintexts } = await the.world.wrapping();
    expect([behind, plaintexts.filter((text) => text === 'new').length]).toEqual([0, 5]);
    expect(plaintexts.filter((text) => text.startsWith('secret 2'))).toEqual([]);
  });

  it('is not undone: tokens that are renewed are the vendor’s latest, and their lease stays', async () => {
    const records = makeTokenRecords(secrets());
    const renew = async (owner: ConnectionRecord) => {
      const record = await records.find(owner);
      if (!record) throw new Error('there are no tokens');
      const next = await the.world.grantOf(owner, 'renewed');
      expect(await records.renew(owner, record, next)).toBe(true);
      await records.lease(owner, next, { id: 'lease-1', now: 0, until: 9_999_999_999_999 });
    };
    const job = await during(() => ofEach(renew));
    expect(job).toMatchObject({ counts: { overtaken: 2, failed: 0 } });
    expect((await the.world.wrapping()).plaintexts.filter((text) => text.includes('renewed'))).toHaveLength(
      5,
    );
    expect(await records.find(first())).toMatchObject({ lease_id: 'lease-1' });
  });

  it('is not undone: a renewal whose tokens were read before they were wrapped anew still succeeds', async () => {
    const records = makeTokenRecords(secrets());
    const record = await records.find(first());
    await runToEnd(the);
    const next = await the.world.grantOf(first(), 'renewed');
    expect(record && (await records.renew(first(), record, next))).toBe(true);
  });

  it('is not undone: a revocation leaves nothing behind', async () => {
    const revoke = ({ tenant_id }: ConnectionRecord) => the.world.revoke(tenant_id);
    await during(() => ofEach(revoke));
    const left = (await the.world.secretItems()).map(({ sk }) => sk);
    expect(left).toEqual(APPS.map(() => 'credentials'));
    expect((await the.world.wrapping()).behind).toBe(0);
  });

  it('is found by its activity when it changes lists just before its own list is read', async () => {
    const moving = the.connections.filter(({ health }) => health.status === 'degraded');
    let read = 0;
    const move = async (command: string) => {
      if (command !== 'QueryCommand') return;
      read += 1;
      // Long after the whole of `connection` was read, long before `failing` is.
      const { position } = await the.world.position();
      if (position.step === 'failing') await Promise.all(moving.map((one) => the.world.setHealth(one, 'ok')));
    };
    await the.world.run({ before: move });
    expect(read).toBeGreaterThan(0);
    expect((await the.world.wrapping()).behind).toBe(moving.length * 3);
    await runToEnd(the);
    expect(await the.world.wrapping()).toEqual(complete());
  });

  it('never hides a connection, however often and whenever connections change lists', {
    timeout: 120_000,
  }, async () => {
    const moves = fc.array(fc.record({ call: fc.nat({ max: 40 }), who: fc.nat({ max: 4 }) }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(moves, async (planned) => {
        the = await populated();
        before = await the.world.wrapping();
        const status = the.connections.map(({ health }) => health.status === 'degraded');
        let call = 0;
        const move = async () => {
          const now = planned.filter((one) => one.call === call);
          call += 1;
          for (const { who } of now) {
            status[who] = !status[who];
            await the.world.setHealth(
              the.connections[who] as ConnectionRecord,
              status[who] ? 'degraded' : 'ok',
            );
          }
        };
        await the.world.run({ before: move });
        await runToEnd(the);
        expect(await the.world.wrapping()).toEqual(complete());
      }),
      { numRuns: 25 },
    );
  });

  it('is a cancellation: the page under way is the last', async () => {
    await the.world.run({
      before: atFirst('ReEncryptCommand', () => the.world.rewraps.cancel(the.rewrapId, CAUSE)),
    });
    expect(await jobOf(the)).toMatchObject({ state: 'cancelled', counts: { rewrapped: 0 } });
    expect((await the.world.wrapping()).behind).toBe(KEYS - 6);
    expect(await the.world.run()).toBe('idle');
    const rewrapId = await the.world.start();
    await runToEnd(the);
    expect(await jobOf({ ...the, rewrapId })).toMatchObject({ state: 'done' });
    expect(await the.world.wrapping()).toEqual(complete());
  });
});

describe('runners of one rewrap', () => {
  it('go on one at a time: of two at once, one finds it busy', async () => {
    const outcomes = await Promise.all([the.world.run(), the.world.run()]);
    expect(outcomes.toSorted()).toEqual(['busy', 'paused']);
    expect(await jobOf(the)).toMatchObject({ counts: { rewrapped: KEYS, overtaken: 0 } });
  });

  it('stop when another has taken over, and what they counted counts once', async () => {
    const takenOver = async () => {
      await the.world.clock.advance(LEASE_MS);
      expect(await the.world.run()).toBe('paused');
    };
    expect(await the.world.run({ before: atFirst('ReEncryptCommand', takenOver) })).toBe('overtaken');
    await runToEnd(the);
    expect(await jobOf(the)).toMatchObject({ state: 'done', counts: { rewrapped: KEYS, overtaken: 0 } });
    expect(await the.world.wrapping()).toEqual(complete());
  });

  it('do nothing for a rewrap that was started in the place of theirs', async () => {
    const replaced = async () => {
      await the.world.rewraps.cancel(the.rewrapId, CAUSE);
      await the.world.start();
    };
    expect(await the.world.run({ before: atFirst('ReEncryptCommand', replaced) })).toBe('overtaken');
    expect(await the.world.position()).toMatchObject({ position: { step: 'connection' }, revision: 0 });
  });
});

describe('a data key that KMS refuses', () => {
  const VERSION = { name: 'signing_secret', version: 1 };

  it('is counted, logged by its ids, left where it is, and stops nothing: one of another tenant', async () => {
    const [owner, thief] = the.connections as [ConnectionRecord, ConnectionRecord];
    const table = makeTable(tables.client, 'secrets');
    const stolen = { ...(await table.get(secretKey(owner, VERSION))), ...secretKey(thief, VERSION) };
    await table.put(stolen);
    await runToEnd(the);
    const { tenant_id, connection_id } = thief;
    const code = 'InvalidCiphertextException';
    const line = { stage: 'rewrap', outcome: 'failed', code, tenant_id, connection_id };
    // Once in its list, and once because it was created a moment before the start.
    expect(the.world.lines.filter(({ outcome }) => outcome === 'failed')).toEqual([line, line]);
    expect(await jobOf(the)).toMatchObject({ state: 'done', counts: { failed: 2 } });
    expect(await table.get(secretKey(thief, VERSION))).toEqual(stolen);
    await tables.client.send(
      new DeleteItemCommand({ TableName: 'secrets', Key: marshall(secretKey(thief, VERSION)) }),
    );
    expect((await the.world.wrapping()).behind).toBe(0);
  });

  it('is not passed over in silence: an item of a kind that nobody knows counts as failed', async () => {
    const { pk } = secretKey(the.connections[0] as ConnectionRecord, VERSION);
    await makeTable(tables.client, 'secrets').put({ pk, sk: 'unheard-of' });
    await runToEnd(the);
    expect(the.world.lines).toContainEqual(expect.objectContaining({ code: 'item_unknown' }));
  });
});
