import type { EncryptionContext, Sealed } from '../../platform/crypto/seal.ts';
import type { Item, Key } from '../../platform/dynamo/item.ts';
import type { Update } from '../../platform/dynamo/update-expression.ts';
import { PLATFORM } from '../keys.ts';
import { credentialsContext, credentialsKey } from '../oauth/provider-credentials.ts';
import { TOKENS } from '../oauth/token-record.ts';
import { tokensContext } from '../oauth/tokens.ts';
import { encryptionContext, type SecretsOwner, secretsPartition, VERSION } from '../secrets.ts';

/** Whose secrets lie in one partition of the secrets table: a connection's, or ours at a vendor. */
export type Owner = SecretsOwner | { readonly connector_type: string };

const isProvider = (owner: Owner): owner is { readonly connector_type: string } => 'connector_type' in owner;

export const partitionOf = (owner: Owner): string =>
  isProvider(owner) ? credentialsKey(owner.connector_type).pk : secretsPartition(owner);

/** The owner as a log line names it. */
export const idsOf = (owner: Owner) => (isProvider(owner) ? { tenant_id: PLATFORM, ...owner } : owner);

/** One thing that is sealed, and the context that it must be sealed under where it lies. */
export interface SealedItem {
  readonly owner: Owner;
  readonly key: Key;
  readonly sealed: Sealed;
  readonly context: EncryptionContext;
  /** Whether it lies in the attribute `sealed`, beside others, and not at the top. */
  readonly nested: boolean;
}

/** What an owner's item holds; undefined for an item of a kind that is not known here. */
export const sealedItemOf = (owner: Owner, item: Item): SealedItem | undefined => {
  const key = { pk: String(item['pk']), sk: String(item['sk']) };
  // The stores of secrets, tokens and credentials wrote these items.
  const nested = { owner, key, sealed: item['sealed'] as Sealed, nested: true };
  if (isProvider(owner)) return { ...nested, context: credentialsContext(owner.connector_type) };
  if (key.sk === TOKENS) return { ...nested, context: tokensContext(owner) };
  if (!key.sk.startsWith(VERSION)) return undefined;
  return { owner, key, sealed: item as Item & Sealed, context: encryptionContext(owner), nested: false };
};

/** Puts a data key that was wrapped anew in the place of the one that was read, and nothing where another one stands. */
export const wrappedAnew = (
  { sealed, nested }: SealedItem,
  { wrapped_key }: Pick<Sealed, 'wrapped_key'>,
): Update => {
  const values = { was: sealed.wrapped_key };
  return nested
    ? {
        set: { sealed: { ...sealed, wrapped_key } },
        condition: '#sealed.#wrapped_key = :was',
        names: ['wrapped_key'],
        values,
      }
    : { set: { wrapped_key }, condition: '#wrapped_key = :was', values };
};
