import { SECRETS_PURPOSE } from '#contracts/secrets-purpose.ts';
import { makeCache } from '../platform/cache.ts';
import type { EncryptionContext, Sealed } from '../platform/crypto/seal.ts';
import { Secret } from '../platform/crypto/secret.ts';
import type { Table } from '../platform/dynamo/table.ts';

export interface SecretsOwner {
  readonly tenant_id: string;
  readonly connection_id: string;
  readonly secret_version: number;
}

export interface SealedSecrets extends SecretsOwner {
  readonly sealed: Sealed;
}

export const encryptionContext = (owner: SecretsOwner): EncryptionContext => ({
  tenant_id: owner.tenant_id,
  connection_id: owner.connection_id,
  purpose: SECRETS_PURPOSE,
});

const keyOf = (owner: SecretsOwner) => ({
  pk: `T#${owner.tenant_id}#S#${owner.connection_id}`,
  sk: `version#${String(owner.secret_version).padStart(6, '0')}`,
});

/** One version of a connection's secrets as an item; all fields together under one data key. */
export const secretsItem = ({ sealed, ...owner }: SealedSecrets) => ({ ...keyOf(owner), ...sealed });

export interface SecretsReaderDeps {
  readonly table: Pick<Table, 'get'>;
  readonly open: (sealed: Sealed, context: EncryptionContext) => Promise<string>;
  readonly now: () => number;
  readonly ttlMs: number;
}

const CONNECTIONS_MAX = 1000;

/**
 * Reads a connection's secrets, decrypting a version at most once per worker within `ttlMs`. The version is part of
 * the cache's key and comes with the connection, so a rotation is seen at once.
 */
export const makeSecretsReader = (deps: SecretsReaderDeps) => {
  const cache = makeCache<Readonly<Record<string, Secret>>>({ ...deps, entriesMax: CONNECTIONS_MAX });
  const read = async (owner: SecretsOwner) => {
    // A version that was just written must be found: who misses it waits for the lane to bring the message back.
    const item = await deps.table.get(keyOf(owner), { consistent: true });
    if (!item) throw new Error('The connection names a version of its secrets that is not there');
    // The item is one that `secretsItem` made.
    const plaintext = await deps.open(item as unknown as Sealed, encryptionContext(owner));
    const fields: Record<string, string> = JSON.parse(plaintext);
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, new Secret(value)]));
  };
  return (owner: SecretsOwner): Promise<Readonly<Record<string, Secret>>> =>
    owner.secret_version === 0
      ? Promise.resolve({})
      : cache(`${owner.tenant_id}/${owner.connection_id}/${owner.secret_version}`, () => read(owner));
};

export type ReadSecrets = ReturnType<typeof makeSecretsReader>;
