import type { Connection } from '#contracts/connection-views.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { scopeName } from '#contracts/scopes.ts';
import type { Cause } from '../activity.ts';
import type { Changes } from '../changes.ts';
import { UNKNOWN_HEALTH } from '../health.ts';
import { type ConnectionRecord, type Named, standingAt } from '../record.ts';
import { allVersions } from '../rotation.ts';
import type { ConnectionsStore } from '../store.ts';
import { toView, type ViewContext } from '../view.ts';

export interface RevokeDeps extends ViewContext {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly replace: Changes['replace'];
}

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

/**
 * Revokes a connection: all versions of its secrets and its tokens are destroyed and its grants are gone, in one
 * transaction. Final, so a second revocation finds nothing to do. It asks for no gate: whoever has lost the right to
 * use a connection must still be able to end it.
 */
export const makeRevoke =
  (deps: RevokeDeps) =>
  async (tenantId: string, named: Named, cause: Cause): Promise<Connection | Problem> => {
    const standing = standingAt(await deps.ofTenant(tenantId, [scopeName(named)]), named);
    if (!standing) return problem('connection.not_found');
    if (standing.connection.state === 'revoked') return toView(standing, deps);
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
      deeds: [{ action: 'connection.revoked' }],
      cause,
      atMs,
    });
    return written ? toView({ connection, principal }, deps) : problem('connection.write_conflict');
  };
