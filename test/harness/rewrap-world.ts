import { randomUUID } from 'node:crypto';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  DecryptCommand,
  DescribeKeyCommand,
  type KMSClient,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { makeChanges } from '#functions/connections/changes.ts';
import {
  credentialsContext,
  makeProviderChanges,
} from '#functions/connections/oauth/provider-credentials.ts';
import { sealGrant, tokensContext } from '#functions/connections/oauth/tokens.ts';
import type { ConnectionRecord } from '#functions/connections/record.ts';
import { wire } from '#functions/connections/rewrap/wire.ts';
import { makeRewrapProgress, type RewrapRecord } from '#functions/connections/rewrap-jobs.ts';
import { encryptionContext } from '#functions/connections/secrets.ts';
import { type EncryptionContext, makeOpen, makeSeal, type Sealed } from '#functions/platform/crypto/seal.ts';
import { Secret } from '#functions/platform/crypto/secret.ts';
import { makeTable } from '#functions/platform/dynamo/table.ts';
import { transactWrite } from '#functions/platform/dynamo/transact.ts';
import type { KmsServer } from '#local/kms/server.ts';
import { sdkOptions } from '../local/dynamodb/engine-setup.ts';
import { arnOf, clientOf } from '../local/kms/kms-setup.ts';
import { changeOf, manageConnections } from './manage.ts';
import { START_MS, webhookConnection } from './outbound.ts';
import { recordedLog } from './recorded-log.ts';
import type { Tables } from './tables.ts';

/** What happens at a call of a runner, before it is made and after. */
export interface Hooks {
  readonly before?: (command: string) => Promise<void>;
  readonly after?: (command: string) => Promise<void>;
}

const hooked = <C extends DynamoDBClient | KMSClient>(client: C, { before, after }: Hooks): C => {
  // Both clients take a middleware of any shape; their types differ in inputs that this one never looks at.
  const stack = client.middlewareStack as DynamoDBClient['middlewareStack'];
  stack.add(
    (next, context) => async (args) => {
      const command = String(context['commandName']);
      await before?.(command);
      const answer = await next(args);
      await after?.(command);
      return answer;
    },
    { step: 'initialize' },
  );
  return client;
};

/** Everything that is sealed in an item, with the context that it belongs under by its key. */
const sealedIn = (item: Record<string, unknown>): { sealed: Sealed; context: EncryptionContext } => {
  const [, tenant_id = '', kind, id = ''] = String(item['pk']).split('#');
  const owner = { tenant_id, connection_id: id };
  if (kind === 'P') return { sealed: item['sealed'] as Sealed, context: credentialsContext(id) };
  return item['sk'] === 'tokens'
    ? { sealed: item['sealed'] as Sealed, context: tokensContext(owner) }
    : { sealed: item as typeof item & Sealed, context: encryptionContext(owner) };
};

const GRANTED = new Date(START_MS).toISOString();
const PREVIOUS = [{ version: 1, until: new Date(START_MS + 3_600_000).toISOString() }];
const AUTHORIZATION = {
  status: 'granted' as const,
  base_url: 'https://vendor.example',
  scopes_requested: [],
  scopes_granted: [],
  granted_at: GRANTED,
};

/** Rewraps over real tables and a real key of the world's own, with a clock that stands still. */
export const rewrapWorld = (tables: Tables, kms: KmsServer, pageSize = 2) => {
  const keyId = randomUUID();
  kms.ensureKey(keyId, {});
  const [key, kmsClient] = [arnOf(keyId), clientOf(kms.endpoint)];
  const manage = manageConnections(tables);
  const [seal, open] = [makeSeal(kmsClient, key), makeOpen(kmsClient, key)];
  const changes = makeChanges(tables.client, { connections: 'connections', secrets: 'secrets' });
  const setUpProvider = makeProviderChanges({
    tables: { connections: 'connections', secrets: 'secrets' },
    seal,
    write: (writes) => transactWrite(tables.client, writes),
  });
  const recorded = recordedLog();
  const env = { CONNECTIONS_TABLE: 'connections', SECRETS_TABLE: 'secrets', KEY_ID: key };

  const secretItems = async () => {
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: 'secrets' }));
    return Items.map((item) => unmarshall(item));
  };
  const grantOf = (owner: ConnectionRecord, token: string) =>
    sealGrant(
      owner,
      { outcome: 'granted', accessToken: new Secret(token), answer: {}, expiresInSeconds: 3600 },
      { tokenUrl: 'https://vendor.example/token', nowMs: manage.clock.now(), seal },
    );

  return {
    ...manage,
    ...recorded,
    key,
    kmsClient,
    seal,
    secretItems,
    grantOf,
    /** A connection with a secret of two versions and a vendor's tokens, in the list of its health. */
    async connect(status: 'ok' | 'degraded' = 'ok'): Promise<ConnectionRecord> {
      const connection = webhookConnection({
        health: { status, reasons: [] },
        secret_version: 2,
        secret_fields: { signing_secret: { version: 2, created_at: GRANTED, previous: PREVIOUS } },
        authorization: AUTHORIZATION,
      });
      const version = async (of: number) => ({
        name: 'signing_secret',
        version: of,
        sealed: await seal(`secret ${of} of ${connection.connection_id}`, encryptionContext(connection)),
      });
      const tokens = await grantOf(connection, `token of ${connection.connection_id}`);
      await changes.create(changeOf(connection, { sealed: [await version(1), await version(2)], tokens }));
      return connection;
    },
    /** Moves a connection to the other list, as a test of it does. */
    setHealth: (connection: ConnectionRecord, status: 'ok' | 'degraded') =>
      changes.setHealth({
        ...changeOf(connection, { deeds: [{ action: 'connection.tested' }] }),
        atMs: manage.clock.now(),
        health: { status, reasons: [] },
      }),
    setUpApp: (connectorType: string) =>
      setUpProvider({
        connectorType,
        record: { client_id: 'our-app', updated_at: new Date(manage.clock.now()).toISOString() },
        clientSecret: `app secret of ${connectorType}`,
        cause: { actor: 'operator', source: 'api' },
        atMs: manage.clock.now(),
      }),
    /** The rewrap as it is stored. */
    async position(): Promise<RewrapRecord> {
      const found = await makeRewrapProgress(makeTable(tables.client, 'connections')).find();
      if (!found) throw new Error('No rewrap was started');
      return found;
    },
    rotate: () => kmsClient.send(new RotateKeyOnDemandCommand({ KeyId: key })),
    async start(): Promise<string> {
      const started = await manage.rewraps.start({ actor: 'operator', source: 'api' });
      if ('code' in started) throw new Error(started.code);
      return started.rewrap_id;
    },
    /** A run with clients of its own, as one worker makes it; it has a minute unless told otherwise. */
    run(hooks: Hooks = {}, remainingMs: () => number = () => 60_000) {
      const dynamo = hooked(new DynamoDBClient(sdkOptions(tables.endpoint)), hooks);
      const kmsOfRun = hooked(clientOf(kms.endpoint), hooks);
      return wire(
        env,
        { dynamo, kms: kmsOfRun },
        { now: manage.clock.now, log: recorded.log, pageSize },
      )(remainingMs);
    },
    /** The key's current material, and under which material each data key is; what each seals is opened on the way. */
    async wrapping() {
      const { KeyMetadata } = await kmsClient.send(new DescribeKeyCommand({ KeyId: key }));
      const items = await Promise.all(
        (await secretItems()).map(async (item) => {
          const { sealed, context } = sealedIn(item);
          const command = new DecryptCommand({
            CiphertextBlob: sealed.wrapped_key,
            EncryptionContext: context,
          });
          const { KeyMaterialId } = await kmsClient.send(command);
          return { material: KeyMaterialId, plaintext: await open(sealed, context) };
        }),
      );
      const current = KeyMetadata?.CurrentKeyMaterialId;
      return {
        behind: items.filter(({ material }) => material !== current).length,
        plaintexts: items.map(({ plaintext }) => plaintext).toSorted(),
      };
    },
  };
};

export type RewrapWorld = ReturnType<typeof rewrapWorld>;
