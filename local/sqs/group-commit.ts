import type { DatabaseSync } from 'node:sqlite';

/** One transaction for all the writes of a turn of the event loop: a commit is what costs, not a write. */
export interface GroupCommit {
  readonly write: (change: () => unknown) => void;
  /** Resolves when all writes so far are committed; rejects when their commit failed. */
  readonly committed: () => Promise<void>;
  /** Commits at once what is pending. */
  readonly flush: () => void;
}

interface Open {
  readonly outcome: Promise<void>;
  readonly settle: (error?: unknown) => void;
}

const openTransaction = (): Open => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // A change that nobody waits for, such as a move to the dead-letter queue, must not end the process when it fails.
  promise.catch(() => {});
  return { outcome: promise, settle: (error) => (error === undefined ? resolve() : reject(error)) };
};

/** Group commit on `database`, which nobody else may use for transactions. */
export const groupCommit = (database: DatabaseSync): GroupCommit => {
  let open: Open | undefined;
  const flush = (): void => {
    const closing = open;
    if (!closing) return;
    open = undefined;
    try {
      database.exec('COMMIT');
      closing.settle();
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      closing.settle(error);
    }
  };
  return {
    write(change) {
      if (!open) {
        database.exec('BEGIN');
        open = openTransaction();
        setImmediate(flush);
      }
      change();
    },
    committed: () => open?.outcome ?? Promise.resolve(),
    flush,
  };
};
