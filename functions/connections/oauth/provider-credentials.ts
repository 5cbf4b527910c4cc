import { PROVIDER_PURPOSE } from '#contracts/secrets-purpose.ts';
import type { EncryptionContext, Sealed } from '../../platform/crypto/seal.ts';
import { Secret } from '../../platform/crypto/secret.ts';
import type { Table } from '../../platform/dynamo/table.ts';
import type { OAuthClient } from './token-request.ts';

/** In the place of a tenant's id, for what belongs to the deployment. It is no UUID, so no tenant can be called that. */
const PLATFORM = 'platform';

const keyOf = (connectorType: string) => ({ pk: `T#${PLATFORM}#P#${connectorType}`, sk: 'credentials' });

const contextOf = (connectorType: string): EncryptionContext => ({
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
    const item = await deps.table.get(keyOf(connectorType), { consistent: true });
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
        clientSecret: new Secret(await deps.open(sealed, contextOf(connectorType))),
      }),
    };
  };

export type FindCredentials = ReturnType<typeof makeFindCredentials>;

/** Our apps at vendors, one item each: id and redirect URI in clear, the secret sealed. */
export const makeProviderCredentials = (
  deps: ReadDeps & {
    readonly table: Pick<Table, 'put'>;
    readonly seal: (plaintext: string, context: EncryptionContext) => Promise<Sealed>;
  },
) => ({
  find: makeFindCredentials(deps),

  async put(connectorType: string, record: ProviderRecord, clientSecret: string): Promise<void> {
    const sealed = await deps.seal(clientSecret, contextOf(connectorType));
    await deps.table.put({ ...keyOf(connectorType), ...record, sealed });
  },
});

export type ProviderCredentialsStore = ReturnType<typeof makeProviderCredentials>;
