import type { RewrapCounts } from '#contracts/rewraps.ts';
import { mapConcurrently } from '../../platform/concurrency.ts';
import { isRefusal, type Rewrap } from '../../platform/crypto/rewrap.ts';
import type { Table } from '../../platform/dynamo/table.ts';
import type { TransactWrite } from '../../platform/dynamo/transact.ts';
import { errorCode, type Log } from '../../platform/log/log.ts';
import {
  idsOf,
  type Owner,
  partitionOf,
  type SealedItem,
  sealedItemOf,
  wrappedAnew,
} from './sealed-items.ts';

/** What became of the data keys of some owners. */
export type Fates = Omit<RewrapCounts, 'connections'>;
type Fate = keyof Fates;

export interface RewrapDeps {
  readonly secretsTable: string;
  readonly partition: Table['partition'];
  readonly rewrap: Rewrap;
  readonly write: (writes: readonly TransactWrite[]) => Promise<boolean>;
  readonly log: Log;
}

const AT_ONCE = 10;

/**
 * Wraps the data keys of these owners anew, each where it lies. What KMS refuses is counted and logged by its owner's
 * ids; anything else that goes wrong rejects. May be repeated: what is under the current material is left as it is.
 */
export const makeRewrapSecrets = ({ secretsTable: table, partition, rewrap, write, log }: RewrapDeps) => {
  const failed = (owner: Owner, code: string): Fate => {
    log({ stage: 'rewrap', outcome: 'failed', code, ...idsOf(owner) });
    return 'failed';
  };

  const rewrapOne = async (item: SealedItem): Promise<Fate> => {
    try {
      const anew = await rewrap(item.sealed, item.context);
      if (anew === item.sealed) return 'unchanged';
      // As a transaction, because it waits for another one on the same item and then sees what that left.
      const written = await write([{ table, key: item.key, update: wrappedAnew(item, anew) }]);
      // Whoever was quicker sealed under a data key that is younger than the rotation, or destroyed it.
      return written ? 'rewrapped' : 'overtaken';
    } catch (error) {
      if (isRefusal(error)) return failed(item.owner, errorCode(error));
      throw error;
    }
  };

  return async (owners: readonly Owner[]): Promise<Fates> => {
    const read = await mapConcurrently(owners, AT_ONCE, async (owner) => {
      const items = await partition(partitionOf(owner), { consistent: true });
      return items.map((item) => sealedItemOf(owner, item) ?? failed(owner, 'item_unknown'));
    });
    const fates = await mapConcurrently(read.flat(), AT_ONCE, async (item) =>
      typeof item === 'string' ? item : rewrapOne(item),
    );
    const count = (fate: Fate) => fates.filter((one) => one === fate).length;
    return {
      rewrapped: count('rewrapped'),
      unchanged: count('unchanged'),
      overtaken: count('overtaken'),
      failed: count('failed'),
    };
  };
};

export type RewrapSecrets = ReturnType<typeof makeRewrapSecrets>;
