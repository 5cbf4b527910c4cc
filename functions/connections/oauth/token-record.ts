import type { Sealed } from '../../platform/crypto/seal.ts';
import type { Item, Key, Table } from '../../platform/dynamo/table.ts';
import { secretsPartition } from '../secrets.ts';

export interface TokenOwner {
  readonly tenant_id: string;
  readonly connection_id: string;
}

/** A connection's tokens as they are stored. Times are in milliseconds since 1970. */
export interface TokenRecord {
  /** Another one with each new pair of tokens, so that a late writer sees that it is late. */
  readonly generation: string;
  /** JSON of `Tokens`. */
  readonly sealed: Sealed;
  readonly token_url: string;
  /** Absent when the access token lives for ever. */
  readonly expires_at?: number;
  /** From when on it is renewed, ahead of its end. */
  readonly renew_at?: number;
  readonly lease_id?: string;
  readonly lease_until?: number;
  /** After a refresh that failed for now: nobody tries before. */
  readonly retry_at?: number;
  /** The vendor refuses to renew these tokens. */
  readonly refused?: true;
}

export const TOKENS = 'tokens';

/** Where a connection's tokens stand, among its secrets. */
export const tokensKey = (owner: TokenOwner): Key => ({ pk: secretsPartition(owner), sk: TOKENS });

/** The item of a record; all of an earlier one goes with it. */
export const tokenItem = (owner: TokenOwner, record: TokenRecord): Key & Item => ({
  ...tokensKey(owner),
  ...record,
});

// The table holds only what `tokenItem` made.
const toRecord = ({ pk: _pk, sk: _sk, ...record }: Item) => record as unknown as TokenRecord;

const SAME = '#generation = :generation AND attribute_not_exists(#refused)';

type Records = Pick<Table, 'get' | 'putIf' | 'update'>;

/** Who may refresh, and when again. */
const makeLeases = (table: Pick<Records, 'update'>) => ({
  /** Takes the lease, if it is free at `now`. Only its holder may call the vendor. */
  async lease(
    owner: TokenOwner,
    { generation }: TokenRecord,
    lease: { readonly id: string; readonly now: number; readonly until: number },
  ): Promise<boolean> {
    const free = '(attribute_not_exists(#lease_until) OR #lease_until <= :now)';
    const { written } = await table.update(tokensKey(owner), {
      set: { lease_id: lease.id, lease_until: lease.until },
      condition: `${SAME} AND ${free}`,
      names: ['generation', 'refused'],
      values: { generation, now: lease.now },
    });
    return written;
  },

  /** Gives the lease back, and lets nobody try before `retryAt`. */
  async postpone(
    owner: TokenOwner,
    { generation }: TokenRecord,
    leaseId: string,
    retryAt: number,
  ): Promise<void> {
    await table.update(tokensKey(owner), {
      set: { retry_at: retryAt },
      remove: ['lease_until'],
      condition: `${SAME} AND #lease_id = :lease_id`,
      names: ['generation', 'refused', 'lease_id'],
      values: { generation, lease_id: leaseId },
    });
  },
});

/** Finds a connection's tokens; undefined where there are none. */
export const makeFindTokens =
  (table: Pick<Records, 'get'>) =>
  async (owner: TokenOwner): Promise<TokenRecord | undefined> => {
    const item = await table.get(tokensKey(owner), { consistent: true });
    return item && toRecord(item);
  };

export type FindTokens = ReturnType<typeof makeFindTokens>;

/** Token records. Each write holds for the generation that its writer has read, and for no other. */
export const makeTokenRecords = (table: Records) => ({
  ...makeLeases(table),

  find: makeFindTokens(table),

  /**
   * Replaces the tokens of `previous`. Even a holder whose lease has run out may: if nobody was quicker, it alone has
   * what the vendor gave.
   */
  async renew(owner: TokenOwner, previous: TokenRecord, next: TokenRecord): Promise<boolean> {
    const { generation } = previous;
    const written = await table.putIf(tokenItem(owner, next), SAME, { generation }, [
      'generation',
      'refused',
    ]);
    return written.written;
  },

  /** Remembers that these tokens cannot be renewed; `false` when they are no longer the ones that are stored. */
  async refuse(owner: TokenOwner, { generation }: TokenRecord): Promise<boolean> {
    const { written } = await table.update(tokensKey(owner), {
      set: { refused: true },
      remove: ['lease_id', 'lease_until'],
      condition: '#generation = :generation',
      names: ['generation'],
      values: { generation },
    });
    return written;
  },
});

export type TokenRecords = ReturnType<typeof makeTokenRecords>;
