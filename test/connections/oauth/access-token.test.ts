import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scopeName } from '#contracts/scopes.ts';
import { type ConnectionRecord, standingAt } from '#functions/connections/record.ts';
import { vendorProfiles } from '#local/vendor/profiles.ts';
import {
  type ConnectServices,
  type ConnectWorld,
  connectWorld,
  startConnectServices,
} from '../../harness/connect-world.ts';
import { type OidcVendor, startOidcVendor } from '../../simulators/oidc-vendor.ts';

const HOUR_MS = 3_600_000;
const LEASE_MS = 30_000;
const RETRY_MS = 5_000;
const WORKERS = 20;
const TOKEN = /^[\w-]{20,}$/;

let services: ConnectServices;
let hubspot: OidcVendor;
let world: ConnectWorld;
let connection: ConnectionRecord;
beforeAll(async () => {
  services = await startConnectServices();
  hubspot = await startOidcVendor(vendorProfiles.hubspot);
});
afterAll(async () => {
  await hubspot.close();
  await services.close();
});
beforeEach(async () => {
  hubspot.onToken = () => 'answer';
  world = connectWorld(services, { hubspot: hubspot.url });
  await world.setUpApp('hubspot');
  const tenantId = await world.tenant();
  await world.connect(tenantId, 'hubspot', { scopes: ['crm.objects.contacts.read'] });
  connection = await found(tenantId);
});

const found = async (tenantId: string): Promise<ConnectionRecord> => {
  const record = await world.store.find(tenantId, 'hubspot');
  if (!record) throw new Error('The connection is not there');
  return record;
};

const current = () => found(connection.tenant_id);

/** How often the vendor is asked to refresh while `work` runs. */
const refreshesDuring = async (work: () => Promise<unknown>): Promise<number> => {
  const before = hubspot.tokenCalls.length;
  await work();
  return hubspot.tokenCalls.slice(before).filter(({ fields }) => fields['grant_type'] === 'refresh_token')
    .length;
};

const tokenOf = async (worker = world.worker()): Promise<string> => {
  const result = await worker.accessToken(connection);
  return result.ok ? result.token.reveal() : `${result.reason} ${'code' in result ? result.code : ''}`.trim();
};

/** Kills a worker while it waits for the vendor's answer. */
const killInFlight = async (dies: 'before' | 'after') => {
  const worker = world.worker({ dies });
  // It never comes to an end, and writes nothing more.
  void worker.accessToken(connection);
  await worker.asked;
};

describe('an access token', () => {
  it('is handed out as it is while it is far from its end, without a word to the vendor', async () => {
    const tokens = new Set<string>();
    const refreshes = await refreshesDuring(async () => {
      for (const _ of [1, 2, 3]) tokens.add(await tokenOf());
    });
    expect([refreshes, tokens.size]).toEqual([0, 1]);
  });

  it('is another one near its end, and after that the same for everybody', async () => {
    const first = await tokenOf();
    await world.clock.advance(HOUR_MS - 5 * 60_000);
    expect(await refreshesDuring(async () => expect(await tokenOf()).not.toBe(first))).toBe(1);
    const next = await tokenOf();
    expect(next).not.toBe(first);
    expect(await refreshesDuring(async () => expect(await tokenOf()).toBe(next))).toBe(0);
  });

  it('costs one refresh when 20 workers need one at the same instant, and all get what it brought', async () => {
    await world.clock.advance(HOUR_MS);
    const workers = Array.from({ length: WORKERS }, () => world.worker());
    let tokens: string[] = [];
    const refreshes = await refreshesDuring(async () => {
      tokens = await Promise.all(workers.map((worker) => tokenOf(worker)));
    });
    expect([refreshes, new Set(tokens).size]).toEqual([1, 1]);
    expect(tokens[0]).toMatch(TOKEN);
    expect((await current()).authorization?.status).toBe('granted');
  });

  it('is renewed with the refresh token that the last refresh brought, time after time', async () => {
    const used = new Set<string | undefined>();
    for (let times = 0; times < 4; times += 1) {
      await world.clock.advance(HOUR_MS);
      expect(await tokenOf()).toMatch(TOKEN);
      used.add(hubspot.tokenCalls.at(-1)?.fields['refresh_token']);
    }
    expect(used.size).toBe(4);
  });
});

describe('a worker that dies while it refreshes', () => {
  it('holds the others up for its lease and no longer, when the vendor had not acted', async () => {
    await world.clock.advance(HOUR_MS);
    await killInFlight('before');
    const patient = world.worker({ movesClock: true });
    const waited = await refreshesDuring(async () =>
      expect(await tokenOf(patient)).toBe('unavailable refresh_under_way'),
    );
    expect(waited).toBe(0);
    await world.clock.advance(LEASE_MS);
    expect(await refreshesDuring(async () => expect(await tokenOf(patient)).toMatch(TOKEN))).toBe(1);
  });

  it('is followed by one worker of 20, once its lease is over', async () => {
    await world.clock.advance(HOUR_MS);
    await killInFlight('before');
    await world.clock.advance(LEASE_MS);
    const workers = Array.from({ length: WORKERS }, () => world.worker());
    let tokens: string[] = [];
    const refreshes = await refreshesDuring(async () => {
      tokens = await Promise.all(workers.map((worker) => tokenOf(worker)));
    });
    expect([refreshes, new Set(tokens).size]).toEqual([1, 1]);
    expect(tokens[0]).toMatch(TOKEN);
  });

  it('takes a replaced refresh token with it: the next is refused, and the connection needs to be connected again', async () => {
    await world.clock.advance(HOUR_MS);
    await killInFlight('after');
    await world.clock.advance(LEASE_MS);
    expect(await tokenOf()).toBe('needs_reauth');
    expect(await current()).toMatchObject({ state: 'enabled', authorization: { status: 'needs_reauth' } });
    await world.connect(connection.tenant_id, 'hubspot', { scopes: ['crm.objects.contacts.read'] });
    expect(await current()).toMatchObject({
      connection_id: connection.connection_id,
      authorization: { status: 'granted' },
    });
    expect(await tokenOf()).toMatch(TOKEN);
  });
});

describe('a refresh that the vendor refuses', () => {
  it('is asked for once, whatever the number of workers, and marks the connection', async () => {
    await world.spoilTokens(connection);
    const workers = Array.from({ length: WORKERS }, () => world.worker());
    const refreshes = await refreshesDuring(async () =>
      expect(new Set(await Promise.all(workers.map((worker) => tokenOf(worker))))).toEqual(
        new Set(['needs_reauth']),
      ),
    );
    expect(refreshes).toBe(1);
    const marked = await current();
    expect(marked).toMatchObject({
      authorization: { status: 'needs_reauth' },
      health: {
        status: 'degraded',
        reasons: [{ code: 'needs_reauth', field: 'authorization' }],
      },
      revision: connection.revision + 1,
    });
    const marks = (await world.activityOf(connection.tenant_id, 'hubspot')).filter(
      ({ action }) => action === 'connection.needs_reauth',
    );
    expect(marks).toMatchObject([{ actor: `integration:${connection.connection_id}`, source: 'delivery' }]);
    expect(await refreshesDuring(() => tokenOf())).toBe(0);
  });

  it('is told to a worker that finds the mark missing, who sets it', async () => {
    await world.spoilTokens(connection);
    await tokenOf();
    await world.store.replace({ ...connection, revision: connection.revision + 2 });
    expect(await tokenOf()).toBe('needs_reauth');
    expect(await current()).toMatchObject({ authorization: { status: 'needs_reauth' } });
  });

  it('marks the connection of its own scope, and not that of the platform', async () => {
    const scope = { scope: 'event', scope_id: 'summer-fair' } as const;
    await world.connect(connection.tenant_id, 'hubspot', scope);
    const named = { ...scope, connector_type: 'hubspot' };
    const read = async () =>
      standingAt(await world.store.ofTenant(connection.tenant_id, [scopeName(scope)]), named)?.connection;
    const scoped = (await read()) as ConnectionRecord;
    await world.spoilTokens(scoped);
    expect(await world.worker().accessToken(scoped)).toMatchObject({ reason: 'needs_reauth' });
    expect(await read()).toMatchObject({ ...scope, authorization: { status: 'needs_reauth' } });
    expect(await current()).toEqual(connection);
  });

  it('does not mark a connection that was connected again meanwhile', async () => {
    await world.spoilTokens(connection);
    await tokenOf();
    const again = await current();
    const authorization = { ...connection.authorization, granted_at: '2031-01-01T00:00:00.000Z' };
    const reconnected = { ...connection, authorization, revision: again.revision + 1 } as ConnectionRecord;
    await world.store.replace(reconnected);
    await tokenOf();
    expect(await current()).toEqual(reconnected);
  });
});

describe('a refresh that fails for now', () => {
  it('is not tried again by anybody for some seconds, and then is', async () => {
    await world.clock.advance(HOUR_MS);
    hubspot.onToken = () => 'fail';
    expect(await refreshesDuring(async () => expect(await tokenOf()).toBe('unavailable http_503'))).toBe(1);
    hubspot.onToken = () => 'answer';
    expect(
      await refreshesDuring(async () => expect(await tokenOf()).toBe('unavailable refresh_failed')),
    ).toBe(0);
    await world.clock.advance(RETRY_MS);
    expect(await tokenOf()).toMatch(TOKEN);
  });

  it('leaves the present token in use until its end', async () => {
    const first = await tokenOf();
    await world.clock.advance(HOUR_MS - 60_000);
    hubspot.onToken = () => 'fail';
    expect(await tokenOf()).toBe(first);
    expect(await tokenOf()).toBe(first);
    await world.clock.advance(60_000);
    expect(await tokenOf()).toBe('unavailable http_503');
  });

  it('because our own secret is wrong does not end the grant', async () => {
    await world.clock.advance(HOUR_MS);
    await world.setUpApp('hubspot', 'wrong');
    expect(await tokenOf()).toBe('unavailable client_refused');
    expect((await current()).authorization?.status).toBe('granted');
    await world.setUpApp('hubspot');
    await world.clock.advance(RETRY_MS);
    expect(await tokenOf()).toMatch(TOKEN);
  });
});

describe('a connection without tokens', () => {
  it('needs to be connected', async () => {
    connection = { ...connection, connection_id: 'con_00000000000000000000000000' };
    expect(await tokenOf()).toBe('needs_reauth');
  });
});
