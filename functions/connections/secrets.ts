import { SECRETS_PURPOSE } from '#contracts/secrets-purpose.ts';
import { makeCache } from '../platform/cache.ts';
import type { EncryptionContext, Sealed } from '../platform/crypto/seal.ts';
import { Secret } from '../platform/crypto/secret.ts';
import type { Key } from '../platform/dynamo/item.ts';
import type { Table } from '../platform/dynamo/table.ts';
import type { SecretField } from './record.ts';

export interface SecretsOwner {
  readonly tenant_id: string;
  readonly connection_id: string;
}

/** One version of one field. Each is sealed by itself, so that each can be destroyed by itself. */
export interface SecretVersion {
  readonly name: string;
  readonly version: number;
}

export interface SealedSecret extends SecretVersion {
  readonly sealed: Sealed;
}

export const encryptionContext = (owner: SecretsOwner): EncryptionContext => ({
  tenant_id: owner.tenant_id,
  connection_id: owner.connection_id,
  purpose: SECRETS_PURPOSE,
});

/** All that is sealed for a connection lies together: versions of its fields, and a vendor's tokens. */
export const secretsPartition = ({ tenant_id, connection_id }: SecretsOwner): string =>
  `T#${tenant_id}#S#${connection_id}`;

/** The sort keys of versions begin so. */
export const VERSION = 'version#';

export const secretKey = (owner: SecretsOwner, { name, version }: SecretVersion): Key => ({
  pk: secretsPartition(owner),
  sk: `${VERSION}${String(version).padStart(6, '0')}#${name}`,
});

/** A sealed version as an item. */
export const secretItem = (owner: SecretsOwner, { sealed, ...version }: SealedSecret) => ({
  ...secretKey(owner, version),
  ...sealed,
});

export interface SecretsReaderDeps {
  readonly table: Pick<Table, 'get'>;
  readonly open: (sealed: Sealed, context: EncryptionContext) => Promise<string>;
  readonly now: () => number;
  readonly ttlMs: number;
}

/** What a reader needs of a connection. */
export type SecretsOf = SecretsOwner & { readonly secret_fields: Readonly<Record<string, SecretField>> };

type Secrets = Readonly<Record<string, Secret>>;

const VERSIONS_MAX = 2000;

/** The versions of a field that are valid at that time, newest first. */
const validVersions = ({ version, previous = [] }: SecretField, nowMs: number): number[] => [
  version,
  ...previous.filter(({ until }) => Date.parse(until) > nowMs).map((earlier) => earlier.version),
];

/**
 * Reads a connection's secrets, decrypting a version at most once per worker within `ttlMs`. The version is part of
 * the cache's key and comes with the connection, so a rotation is seen at once. Answers what is valid now, newest
 * first: the first has every field, and each after it those fields that have one more earlier version.
 */
export const makeSecretsReader = (deps: SecretsReaderDeps) => {
  const cache = makeCache<Secret>({ ...deps, entriesMax: VERSIONS_MAX });
  const readOne = async (owner: SecretsOwner, wanted: SecretVersion) => {
    // A version that was just written must be found: who misses it waits for the lane to bring the message back.
    const item = await deps.table.get(secretKey(owner, wanted), { consistent: true });
    if (!item) throw new Error('The connection names a version of its secrets that is not there');
    // The item is one that `secretItem` made.
    return new Secret(await deps.open(item as unknown as Sealed, encryptionContext(owner)));
  };
  return async (owner: SecretsOf): Promise<readonly Secrets[]> => {
    const nowMs = deps.now();
    const fields = await Promise.all(
      Object.entries(owner.secret_fields).map(async ([name, field]) => {
        const read = (version: number) =>
          cache(`${owner.tenant_id}/${owner.connection_id}/${name}/${version}`, () =>
            readOne(owner, { name, version }),
          );
        return { name, secrets: await Promise.all(validVersions(field, nowMs).map(read)) };
      }),
    );
    const depth = Math.max(1, ...fields.map(({ secrets }) => secrets.length));
    return Array.from({ length: depth }, (_, age) =>
      Object.fromEntries(
        fields.flatMap(({ name, secrets }) => {
          const secret = secrets[age];
          return secret === undefined ? [] : [[name, secret] as const];
        }),
      ),
    );
  };
};

export type ReadSecrets = ReturnType<typeof makeSecretsReader>;
