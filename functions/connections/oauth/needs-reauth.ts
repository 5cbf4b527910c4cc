import type { ConnectionRecord } from '../record.ts';
import type { ConnectionsStore } from '../store.ts';

export interface NeedsReauthDeps {
  readonly store: Pick<ConnectionsStore, 'find' | 'replace'>;
  readonly now: () => number;
}

const TRIES_MAX = 5;

/** The record as one whose grant has ended; undefined when it is not that grant, or there is nothing to change. */
const ended = (found: ConnectionRecord | undefined, of: ConnectionRecord, at: string) => {
  const { connection_id, state, authorization } = found ?? {};
  if (!found || connection_id !== of.connection_id || state === 'revoked') return undefined;
  if (authorization?.status !== 'granted') return undefined;
  // Someone may have connected again since the worker read the connection.
  if (authorization.granted_at !== of.authorization?.granted_at) return undefined;
  return {
    ...found,
    authorization: { ...authorization, status: 'needs_reauth' as const },
    revision: found.revision + 1,
    updated_at: at,
  };
};

/**
 * Marks a connection whose grant, the one that it was read with, the vendor refuses to renew. Its state stays what its tenant chose, so that connecting
 * again is all it takes.
 * @throws when others keep changing the connection meanwhile
 */
export const makeMarkNeedsReauth =
  ({ store, now }: NeedsReauthDeps) =>
  async (connection: ConnectionRecord): Promise<void> => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const found = await store.find(connection.tenant_id, connection.connector_type);
      const next = ended(found, connection, new Date(now()).toISOString());
      if (next === undefined || (await store.replace(next))) return;
    }
    throw new Error('The connection kept changing while it was to be marked');
  };
