import type { Scoped } from '#contracts/scopes.ts';
import type { Sealed } from '../../platform/crypto/seal.ts';
import type { makeDeletes } from '../../platform/dynamo/deletes.ts';
import type { Item, Table } from '../../platform/dynamo/table.ts';

/** A connect between its start and its callback. */
export interface Pending extends Scoped {
  readonly provider: string;
  /** Who began it, as activity records it. */
  readonly actor: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly redirect_uri: string;
  readonly scopes: readonly string[];
  /** Of PKCE; absent where the provider does not take it. */
  readonly sealed_verifier?: Sealed;
  /** Milliseconds since 1970. Expiry by the table comes later, hours at times. */
  readonly valid_until: number;
}

export type TakenPending =
  | { readonly outcome: 'taken'; readonly pending: Pending }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'other_provider' };

const keyOf = (tenantId: string, stateHash: string) => ({
  pk: `T#${tenantId}#O#${stateHash}`,
  sk: 'pending',
});

// The table holds only what `put` made.
const toPending = ({ pk: _pk, sk: _sk, expires: _expires, ...pending }: Item) =>
  pending as unknown as Pending;

/** Connects that are under way, by the hash of their state. Each is taken once. */
export const makePendingStore = (
  table: Pick<Table, 'put'> & Pick<ReturnType<typeof makeDeletes>, 'take'>,
) => ({
  async put(tenantId: string, stateHash: string, pending: Pending): Promise<void> {
    const expires = Math.ceil(pending.valid_until / 1000);
    await table.put({ ...keyOf(tenantId, stateHash), ...pending, expires });
  },

  async take(tenantId: string, stateHash: string, provider: string): Promise<TakenPending> {
    const taken = await table.take(keyOf(tenantId, stateHash), '#provider = :provider', { provider });
    if (taken.written) return { outcome: 'taken', pending: toPending(taken.item) };
    return { outcome: taken.existing ? 'other_provider' : 'unknown' };
  },
});

export type PendingStore = ReturnType<typeof makePendingStore>;
