import { randomUUID } from 'node:crypto';
import { ChangeTenant, CreateConnection, UpdateConnection } from '#contracts/connections.ts';
import type { Cause } from '#functions/connections/activity.ts';
import { type Change, makeChanges } from '#functions/connections/changes.ts';
import { makeActivityReaders } from '#functions/connections/inspect/activity.ts';
import { makeEndpoints as makeInspectEndpoints } from '#functions/connections/inspect/endpoints.ts';
import { makeEverywhere } from '#functions/connections/inspect/everywhere.ts';
import { makeList } from '#functions/connections/inspect/list.ts';
import { makeCreate } from '#functions/connections/manage/create.ts';
import { makeEndpoints } from '#functions/connections/manage/endpoints.ts';
import { makePause } from '#functions/connections/manage/pause.ts';
import { makeUpdate } from '#functions/connections/manage/update.ts';
import { type ConnectionRecord, type Named, standingAt } from '#functions/connections/record.ts';
import { makeRevoke } from '#functions/connections/revoke/revoke.ts';
import { makeRewrapJobs } from '#functions/connections/rewrap-jobs.ts';
import { makeRewraps } from '#functions/connections/rewraps/rewraps.ts';
import { makeConnectionsStore } from '#functions/connections/store.ts';
import type { EncryptionContext, Sealed } from '#functions/platform/crypto/seal.ts';
import { makeBatchReads } from '#functions/platform/dynamo/batch-reads.ts';
import { makePages } from '#functions/platform/dynamo/pages.ts';
import { makeReads } from '#functions/platform/dynamo/reads.ts';
import { transactWrite } from '#functions/platform/dynamo/transact.ts';
import { manualClock } from '#local/manual-clock.ts';
import { principalOf, START_MS } from './outbound.ts';
import type { Tables } from './tables.ts';

const bytes = new Uint8Array(8);

/** The webhook connection of the whole platform. */
const WEBHOOK: Named = { scope: 'platform', connector_type: 'webhook' };

/** A request of the operator's. */
export const CAUSE: Cause = { actor: 'operator', source: 'api', request_id: 'request-1' };

/** A change that writes `connection` with a principal of its own, but for `changes`. */
export const changeOf = (connection: ConnectionRecord, changes: Partial<Change> = {}): Change => ({
  connection,
  principal: principalOf(connection),
  deeds: [{ action: 'connection.created' }],
  cause: CAUSE,
  atMs: START_MS,
  ...changes,
});

/** The use cases of connections over real tables, and what was given to be sealed. Loopback is no destination. */
export const manageConnections = (tables: Tables) => {
  const { ofTenant } = makeConnectionsStore(tables.client, 'connections');
  const changes = makeChanges(tables.client, {
    connections: 'connections',
    secrets: 'secrets',
    limits: 'limits',
  });
  const table = {
    ...makePages(tables.client, 'connections'),
    ...makeBatchReads(tables.client, 'connections'),
  };
  const clock = manualClock(START_MS);
  const sealings: { readonly plaintext: string; readonly context: EncryptionContext }[] = [];
  const seal = async (plaintext: string, context: EncryptionContext): Promise<Sealed> => {
    sealings.push({ plaintext, context });
    return { wrapped_key: bytes, iv: bytes, ciphertext: bytes, tag: bytes };
  };
  const view = { validation: { destinations: { allowLoopback: false } }, now: clock.now };
  const deps = { ...view, ...changes, ofTenant, seal };
  const [create, update] = [makeCreate(deps), makeUpdate(deps)];
  const revoke = makeRevoke({ ...deps, revokeGrant: async () => undefined });
  const [pause, resume] = [makePause(deps, true), makePause(deps, false)];
  const activity = makeActivityReaders(table);
  const everywhere = makeEverywhere(table);
  const list = makeList({ ...table, ...view });
  const jobs = makeRewrapJobs({
    table: 'connections',
    ...makeReads(tables.client, 'connections'),
    write: (writes) => transactWrite(tables.client, writes),
  });
  const rewraps = makeRewraps({ jobs, now: clock.now });
  return {
    ofTenant,
    changes,
    clock,
    sealings,
    view,
    activity,
    everywhere,
    rewraps,
    endpoints: makeEndpoints({
      ...{ create, update, pause, resume },
      setTenant: changes.setTenant,
      now: clock.now,
    }),
    inspect: makeInspectEndpoints({ ...view, ofTenant, activity, everywhere, list }),
    list,
    /** The webhook connection of a tenant and its principal, as they are stored. */
    standing: async (tenantId: string) => standingAt(await ofTenant(tenantId), WEBHOOK),
    find: async (tenantId: string) => standingAt(await ofTenant(tenantId), WEBHOOK)?.connection,
    /** Creates a webhook connection, but for `input`. */
    create: (tenantId: string, input: object = {}, cause = CAUSE) =>
      create(tenantId, CreateConnection.parse({ connector_type: 'webhook', ...input }), cause),
    update: (tenantId: string, input: object, type = 'webhook') =>
      update(tenantId, { ...WEBHOOK, connector_type: type }, UpdateConnection.parse(input), CAUSE),
    updateNamed: (tenantId: string, named: Named, input: object) =>
      update(tenantId, named, UpdateConnection.parse(input), CAUSE),
    revokeNamed: (tenantId: string, named: Named) => revoke(tenantId, named, CAUSE),
    revoke: (tenantId: string, cause = CAUSE) => revoke(tenantId, WEBHOOK, cause),
    pause: (tenantId: string) => pause(tenantId, WEBHOOK, CAUSE),
    resume: (tenantId: string) => resume(tenantId, WEBHOOK, CAUSE),
    /** Stores a connection as it is. */
    store: (record: ConnectionRecord) => changes.create(changeOf(record)),
    setGate: (tenantId: string, integrations_enabled: boolean) =>
      changes.setTenant(tenantId, ChangeTenant.parse({ integrations_enabled }), CAUSE, clock.now()),
    /** A tenant that is on the allowlist. */
    async tenant() {
      const tenantId = randomUUID();
      await changes.setTenant(tenantId, { integrations_enabled: true }, CAUSE, clock.now());
      return tenantId;
    },
  };
};

export type ManageConnections = ReturnType<typeof manageConnections>;
