import { PROVIDER_PURPOSE } from '#contracts/secrets-purpose.ts';
import { asPlatform } from '../../platform/aws/as-tenant.ts';
import type { EncryptionContext, Sealed } from '../../platform/crypto/seal.ts';
import { Secret } from '../../platform/crypto/secret.ts';
import type { Key, Table } from '../../platform/dynamo/table.ts';
import type { TransactWrite } from '../../platform/dynamo/transact.ts';
import { activityItem, type Cause } from '../activity.ts';
import { PLATFORM } from '../keys.ts';
import type { OAuthClient } from './token-request.ts';

/** Where our app at a vendor is kept, in the table of secrets. */
export const credentialsKey = (connectorType: string): Key => ({
  pk: `T#${PLATFORM}#P#${connectorType}`,
  sk: 'credentials',
});

/** What its client secret is sealed under. */
export const credentialsContext = (connectorType: string): EncryptionContext => ({
  tenant_id: PLATFORM,
  provider: connectorType,
  purpose: PROVIDER_PURPOSE,
});

export interface ProviderRecord {
  readonly client_id: string;
  readonly redirect_uri?: string;
  readonly updated_at: string;
}

/** Our app at one vendor. */
export interface ProviderCredentials extends ProviderRecord {
  /** Opens the secret: one KMS call. */
  readonly client: () => Promise<OAuthClient>;
}

interface ReadDeps {
  readonly table: Pick<Table, 'get'>;
  readonly open: (sealed: Sealed, context: EncryptionContext) => Promise<string>;
}

/** Finds our app at a vendor; undefined where none is set up. */
export const makeFindCredentials =
  (deps: ReadDeps) =>
  async (connectorType: string): Promise<ProviderCredentials | undefined> => {
    const item = await asPlatform(() => deps.table.get(credentialsKey(connectorType), { consistent: true }));
    if (!item) return undefined;
    // The item is one that `put` made.
    const { client_id, redirect_uri, updated_at, sealed } = item as unknown as ProviderRecord & {
      readonly sealed: Sealed;
    };
    return {
      client_id,
      ...(redirect_uri === undefined ? {} : { redirect_uri }),
      updated_at,
      client: async () => ({
        clientId: client_id,
        clientSecret: new Secret(
          await asPlatform(() => deps.open(sealed, credentialsContext(connectorType))),
        ),
      }),
    };
  };

export type FindCredentials = ReturnType<typeof makeFindCredentials>;

/** Our apps at vendors, one item each: id and redirect URI in clear, the secret sealed. */
export const makeProviderCredentials = (deps: ReadDeps) => ({ find: makeFindCredentials(deps) });

export type ProviderCredentialsStore = ReturnType<typeof makeProviderCredentials>;

/** Our app at a vendor as it becomes, and who makes it so. */
export interface ProviderChange {
  readonly connectorType: string;
  readonly record: ProviderRecord;
  readonly clientSecret: string;
  readonly cause: Cause;
  readonly atMs: number;
}

/** Writes our app at a vendor over what was there, in one transaction with its activity. */
export const makeProviderChanges =
  (deps: {
    readonly tables: { readonly connections: string; readonly secrets: string };
    readonly seal: (plaintext: string, context: EncryptionContext) => Promise<Sealed>;
    readonly write: (writes: readonly TransactWrite[]) => Promise<boolean>;
  }) =>
  async ({ connectorType, record, clientSecret, cause, atMs }: ProviderChange): Promise<void> => {
    const sealed = await deps.seal(clientSecret, credentialsContext(connectorType));
    const target = { tenant_id: PLATFORM, connector_type: connectorType };
    const deed = activityItem({ action: 'provider.set_up' }, target, cause, atMs);
    await deps.write([
      { table: deps.tables.secrets, item: { ...credentialsKey(connectorType), ...record, sealed } },
      { table: deps.tables.connections, item: deed },
    ]);
  };
