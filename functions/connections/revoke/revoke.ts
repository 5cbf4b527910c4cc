import type { Connection } from '#contracts/connection-views.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { scopeName } from '#contracts/scopes.ts';
import type { Cause } from '../activity.ts';
import type { Changes } from '../changes.ts';
import { UNKNOWN_HEALTH } from '../health.ts';
import type { RevokeGrant } from '../oauth/revoke-grant.ts';
import { type ConnectionRecord, type Named, type Standing, standingAt } from '../record.ts';
import { allVersions } from '../rotation.ts';
import type { ConnectionsStore } from '../store.ts';
import { toView, type ViewContext } from '../view.ts';

export interface RevokeDeps extends ViewContext {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly replace: Changes['replace'];
  readonly revokeGrant: RevokeGrant;
}

const TRIES_MAX = 3;

const revoked = (
  { authorization: _, paused_at: _paused, ...before }: ConnectionRecord,
  atMs: number,
): ConnectionRecord => ({
  ...before,
  state: 'revoked',
  secret_version: 0,
  secret_fields: {},
  health: UNKNOWN_HEALTH,
  revision: before.revision + 1,
  updated_at: new Date(atMs).toISOString(),
});

/** Writes the end of a connection over what stands there; undefined when that has changed meanwhile. */
const makeEnd =
  (deps: RevokeDeps) =>
  async (standing: Standing, code: string | undefined, cause: Cause): Promise<Connection | undefined> => {
    const atMs = deps.now();
    const connection = revoked(standing.connection, atMs);
    const principal = standing.principal && { ...standing.principal, grants: [] };
    const written = await deps.replace({
      connection,
      principal,
      ended: allVersions(standing.connection.secret_fields),
      ...(standing.connection.authorization === undefined ? {} : { tokens: null }),
      // What is parked ends now, and says why.
      wakes: true,
      deeds: [{ action: 'connection.revoked', code }],
      cause,
      atMs,
    });
    return written ? toView({ connection, principal }, deps) : undefined;
  };

/**
 * Revokes a connection: its vendor is asked to end the grant, and then, whatever became of that, all versions of its
 * secrets and its tokens are destroyed and its grants are gone, in one transaction. Final, so a second revocation finds
 * nothing to do. It asks for no gate: whoever has lost the right to use a connection must still be able to end it.
 */
export const makeRevoke = (deps: RevokeDeps) => {
  const end = makeEnd(deps);
  return async (tenantId: string, named: Named, cause: Cause): Promise<Connection | Problem> => {
    const find = async () => standingAt(await deps.ofTenant(tenantId, [scopeName(named)]), named);
    let standing = await find();
    if (!standing) return problem('connection.not_found');
    if (standing.connection.state === 'revoked') return toView(standing, deps);
    const { connection_id } = standing.connection;
    const code = await deps.revokeGrant(standing.connection);
    // A worker that is refused a refresh from now on marks the connection, which must not keep it alive.
    for (
      let tries = 0;
      tries < TRIES_MAX && standing?.connection.connection_id === connection_id;
      tries += 1
    ) {
      if (standing.connection.state === 'revoked') return toView(standing, deps);
      const ended = await end(standing, code, cause);
      if (ended) return ended;
      standing = await find();
    }
    return problem('connection.write_conflict');
  };
};
