import { scopeName } from '#contracts/scopes.ts';
import type { Change, Changes } from '../changes.ts';
import { presentHealth } from '../health.ts';
import { type ConnectionRecord, standingAt, subjectIdOf } from '../record.ts';
import type { ConnectionsStore } from '../store.ts';
import { grantErrors } from '../validate.ts';

export interface NeedsReauthDeps {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly replace: Changes['replace'];
  readonly now: () => number;
}

const TRIES_MAX = 5;

/** The change that ends a grant; undefined when it is not the one that `of` was read with, or it has ended already. */
const ended = (
  found: ConnectionRecord | undefined,
  of: ConnectionRecord,
  atMs: number,
): Change | undefined => {
  if (found?.connection_id !== of.connection_id || found.state === 'revoked') return undefined;
  if (found.authorization?.status !== 'granted') return undefined;
  // Someone may have connected again since the worker read the connection.
  if (found.authorization.granted_at !== of.authorization?.granted_at) return undefined;
  const authorization = { ...found.authorization, status: 'needs_reauth' as const };
  const connection: ConnectionRecord = {
    ...found,
    authorization,
    health: presentHealth(found, grantErrors(found.connector_type, authorization)),
    revision: found.revision + 1,
    updated_at: new Date(atMs).toISOString(),
  };
  const cause = { actor: subjectIdOf(found), source: 'delivery' as const };
  return { connection, deeds: [{ action: 'connection.needs_reauth' }], cause, atMs };
};

/**
 * Marks a connection whose grant, the one that it was read with, the vendor refuses to renew. Its state stays what its
 * tenant chose, so that connecting again is all it takes.
 * @throws when others keep changing the connection meanwhile
 */
export const makeMarkNeedsReauth =
  ({ ofTenant, replace, now }: NeedsReauthDeps) =>
  async (connection: ConnectionRecord): Promise<void> => {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const tenant = await ofTenant(connection.tenant_id, [scopeName(connection)]);
      const found = standingAt(tenant, connection)?.connection;
      const change = ended(found, connection, now());
      if (change === undefined || (await replace(change))) return;
    }
    throw new Error('The connection kept changing while it was to be marked');
  };
