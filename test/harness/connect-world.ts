import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import { ConnectCallback, StartConnect } from '#contracts/connect.ts';
import type { Connection } from '#contracts/connection-views.ts';
import type { Problem } from '#contracts/errors.ts';
import { activityView } from '#functions/connections/activity.ts';
import { makeChanges } from '#functions/connections/changes.ts';
import { wire as wireCheck } from '#functions/connections/check/wire.ts';
import { Env } from '#functions/connections/connect/env.ts';
import { wire } from '#functions/connections/connect/wire.ts';
import { activityPartition } from '#functions/connections/keys.ts';
import { makeTokenRecords } from '#functions/connections/oauth/token-record.ts';
import { sealGrant } from '#functions/connections/oauth/tokens.ts';
import { wireAccessToken } from '#functions/connections/oauth/wire.ts';
import { type ConnectionRecord, standingAt } from '#functions/connections/record.ts';
import { wire as wireRevoke } from '#functions/connections/revoke/wire.ts';
import { makeConnectionsStore } from '#functions/connections/store.ts';
import { makeSeal } from '#functions/platform/crypto/seal.ts';
import { Secret } from '#functions/platform/crypto/secret.ts';
import { makePages } from '#functions/platform/dynamo/pages.ts';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import { type HttpClient, makeHttpClient } from '#functions/platform/egress/request.ts';
import type { KmsServer } from '#local/kms/server.ts';
import { manualClock } from '#local/manual-clock.ts';
import { decideAt } from '#local/vendor/browser.ts';
import { arnOf, clientOf, KEY, kmsWithKeys } from '../local/kms/kms-setup.ts';
import { CLIENT, REDIRECT_URI } from '../simulators/oidc-vendor.ts';
import { CAUSE, changeOf } from './manage.ts';
import { START_MS } from './outbound.ts';
import { recordedLog } from './recorded-log.ts';
import { startTables } from './tables.ts';

const API_URL = 'https://api.example.com';
/** Who begins connects, and the request that every callback is. */
const ACTOR = 'tenant_admin:user-1';
const CALLBACK_ID = 'callback-1';

export interface ConnectServices {
  readonly tables: Awaited<ReturnType<typeof startTables>>;
  readonly kms: KmsServer;
  readonly kmsClient: KMSClient;
  readonly close: () => Promise<void>;
}

/** Tables and a key, each in a real engine. */
export const startConnectServices = async (): Promise<ConnectServices> => {
  const [tables, kms] = await Promise.all([startTables(), kmsWithKeys()]);
  const kmsClient = clientOf(kms.endpoint);
  return {
    tables,
    kms,
    kmsClient,
    async close() {
      kmsClient.destroy();
      await Promise.all([kms.close(), tables.close()]);
    },
  };
};

/** A client that does not wait for a vendor for as long as a user would. */
const impatient = (http: HttpClient): HttpClient => ({
  ...http,
  send: (request) => http.send({ ...request, timeouts: { ...request.timeouts, headersMs: 250 } }),
});

const callbackOf = (url: URL): ConnectCallback => ConnectCallback.parse(Object.fromEntries(url.searchParams));

const onPlatform = (connector_type: string) => ({ scope: 'platform' as const, connector_type });

/** Connecting over real tables, a real key and real HTTP, with vendors at `urls` and a clock that stands still. */
export const connectWorld = ({ tables, kmsClient }: ConnectServices, urls: Record<string, string>) => {
  const clock = manualClock(START_MS);
  const recorded = recordedLog();
  const around = { now: clock.now, log: recorded.log };
  const env = Env.parse({
    CONNECTIONS_TABLE: 'connections',
    SECRETS_TABLE: 'secrets',
    LIMITS_TABLE: 'limits',
    KEY_ID: arnOf(KEY),
    API_URL,
    REDIRECT_URIS: REDIRECT_URI,
    VENDOR_URLS: JSON.stringify(urls),
    LOOPBACK_DESTINATIONS: 'allow',
  });
  const dynamo = tables.client;
  const { ofTenant } = makeConnectionsStore(dynamo, 'connections');
  const changes = makeChanges(dynamo, { connections: 'connections', secrets: 'secrets', limits: 'limits' });
  const wired = wire(env, { dynamo, kms: kmsClient }, around);
  const connect = {
    ...wired,
    start: (tenantId: string, provider: string, input: StartConnect) =>
      wired.start(tenantId, provider, input, ACTOR),
    complete: (provider: string, callback: ConnectCallback) =>
      wired.complete(provider, callback, CALLBACK_ID),
  };
  const http = impatient(makeHttpClient({ policy: { allowLoopback: true } }));
  const clients = { dynamo, kms: kmsClient, http };
  const revoke = wireRevoke(env, clients, around);
  const check = wireCheck(env, clients, { ...around, wait: (ms) => clock.advance(ms) });
  const store = {
    ofTenant,
    changes,
    find: async (tenantId: string, type: string) =>
      standingAt(await ofTenant(tenantId), onPlatform(type))?.connection,
    /** Writes a connection over the revision before it, and nothing else. */
    replace: (record: ConnectionRecord) =>
      changes.replace(changeOf(record, { principal: undefined, deeds: [] })),
    setGate: (tenantId: string, integrations_enabled: boolean) =>
      changes.setTenant(tenantId, { integrations_enabled }, CAUSE, clock.now()),
  };

  /** Begins a connect; rejects when it is refused. */
  const begin = async (tenantId: string, provider: string, input: object = {}): Promise<string> => {
    const parsed = StartConnect.parse({ redirect_uri: REDIRECT_URI, ...input });
    const started = await connect.start(tenantId, provider, parsed);
    if ('code' in started) throw new Error(`The connect was refused: ${started.code}`);
    return started.authorize_url;
  };

  return {
    ...connect,
    ...recorded,
    clock,
    store,
    begin,
    /** Where items of a tenant lie, but for its settings and its activity. */
    async itemsOf(tenantId: string): Promise<string[]> {
      const scans = ['connections', 'secrets'].map((TableName) =>
        dynamo.send(new ScanCommand({ TableName })),
      );
      const keys = (await Promise.all(scans)).flatMap(({ Items = [] }) =>
        Items.map((item) => `${item['pk']?.S} ${item['sk']?.S}`),
      );
      const mine = keys.filter((key) => key.startsWith(`T#${tenantId}#`));
      return mine.filter((key) => !key.endsWith(' settings') && !key.includes('#A#')).sort();
    },
    /** What was done at a tenant's place of a type, sorted by what it was. */
    async activityOf(tenantId: string, type: string) {
      const { items } = await makePages(dynamo, 'connections').page({
        partition: activityPartition(tenantId, {
          tenant_id: tenantId,
          scope: 'platform',
          connector_type: type,
        }),
        limit: 100,
      });
      return items.map(activityView).sort((a, b) => a.action.localeCompare(b.action));
    },
    revoke: (tenantId: string, type: string) => revoke(tenantId, onPlatform(type), CAUSE),
    /** Tests a connection. */
    check: (tenantId: string, type: string) => check(tenantId, onPlatform(type), CAUSE),
    /** A tenant on the allowlist. */
    async tenant(): Promise<string> {
      const tenantId = randomUUID();
      await store.setGate(tenantId, true);
      return tenantId;
    },
    setUpApp: (provider: string, secret = CLIENT.secret) =>
      connect.setUp(provider, { client_id: CLIENT.id, client_secret: secret }, CAUSE),
    callback: (provider: string, url: URL): Promise<Connection | Problem> =>
      connect.complete(provider, callbackOf(url)),
    /** Connects as a user who agrees to everything. */
    async connect(tenantId: string, provider: string, input: object = {}): Promise<Connection | Problem> {
      const back = await decideAt(await begin(tenantId, provider, input), REDIRECT_URI);
      return connect.complete(provider, callbackOf(back));
    },
    /**
     * A worker that asks for access tokens. `dies` kills it while it waits for the vendor, which has acted or not;
     * `movesClock` makes its waiting pass time.
     */
    worker(options: { readonly dies?: 'before' | 'after'; readonly movesClock?: boolean } = {}) {
      const asked = Promise.withResolvers<void>();
      const alive = makeHttpClient({ policy: { allowLoopback: true } });
      const dying: HttpClient = {
        ...alive,
        async send(request) {
          if (options.dies === 'after') await alive.send(request);
          asked.resolve();
          return new Promise(() => {});
        },
      };
      const wait = async (ms: number) =>
        options.movesClock ? clock.advance(ms) : void (await pause(ms / 10));
      const http = options.dies === undefined ? alive : dying;
      const accessToken = wireAccessToken(
        {
          connectionsTable: 'connections',
          secretsTable: 'secrets',
          keyId: arnOf(KEY),
          urls: env.VENDOR_URLS,
        },
        { dynamo, kms: kmsClient, http },
        { ...around, wait },
      );
      return { accessToken, asked: asked.promise };
    },
    /** As if our app at a vendor had never been set up. */
    async forgetApp(provider: string): Promise<void> {
      const Key = { pk: { S: `T#platform#P#${provider}` }, sk: { S: 'credentials' } };
      await dynamo.send(new DeleteItemCommand({ TableName: 'secrets', Key }));
    },
    /** Makes a connection's tokens such that nothing opens them. */
    async garbleTokens({ tenant_id, connection_id }: ConnectionRecord): Promise<void> {
      const Key = { pk: { S: `T#${tenant_id}#S#${connection_id}` }, sk: { S: 'tokens' } };
      await dynamo.send(
        new UpdateItemCommand({
          TableName: 'secrets',
          Key,
          UpdateExpression: 'SET sealed.tag = :tag',
          ExpressionAttributeValues: { ':tag': { B: new Uint8Array(16) } },
        }),
      );
    },
    /** Puts tokens in the place of a connection's that have expired and that no vendor has given. */
    async spoilTokens(connection: ConnectionRecord): Promise<void> {
      const records = makeTokenRecords(makeTable(dynamo, 'secrets'));
      const record = await records.find(connection);
      if (!record) throw new Error('The connection has no tokens');
      const spoilt = new Secret('spoilt');
      const grant = { outcome: 'granted' as const, accessToken: spoilt, refreshToken: spoilt, answer: {} };
      const next = await sealGrant(
        connection,
        { ...grant, expiresInSeconds: 1 },
        { tokenUrl: record.token_url, nowMs: clock.now() - 10_000, seal: makeSeal(kmsClient, arnOf(KEY)) },
      );
      await records.renew(connection, record, next);
    },
  };
};

export type ConnectWorld = ReturnType<typeof connectWorld>;
