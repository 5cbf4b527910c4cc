import type { Connection } from '#contracts/connection-views.ts';
import { type Problem, problem } from '#contracts/errors.ts';
import { scopeName } from '#contracts/scopes.ts';
import type { Cause } from '../activity.ts';
import type { Changes } from '../changes.ts';
import { type ConnectionRecord, type Named, standingAt } from '../record.ts';
import type { ConnectionsStore } from '../store.ts';
import { toView, type ViewContext } from '../view.ts';

export interface PauseDeps extends ViewContext {
  readonly ofTenant: ConnectionsStore['ofTenant'];
  readonly replace: Changes['replace'];
}

const changed = (
  { paused_at: _, ...before }: ConnectionRecord,
  paused: boolean,
  atMs: number,
): ConnectionRecord => {
  const at = new Date(atMs).toISOString();
  const pause = paused ? { paused_at: at } : {};
  return { ...before, ...pause, revision: before.revision + 1, updated_at: at };
};

/**
 * Pauses a connection, or resumes it: deliveries over a paused one wait, and are sent once it is resumed. A second
 * request of the same kind changes nothing. The state stays, so that disabling and pausing do not undo one another.
 */
export const makePause =
  (deps: PauseDeps, paused: boolean) =>
  async (tenantId: string, named: Named, cause: Cause): Promise<Connection | Problem> => {
    const tenant = await deps.ofTenant(tenantId, [scopeName(named)]);
    if (!tenant.integrationsEnabled) return problem('tenant.integrations_disabled');
    const standing = standingAt(tenant, named);
    if (!standing) return problem('connection.not_found');
    if (standing.connection.state === 'revoked') return problem('connection.revoked');
    if ((standing.connection.paused_at !== undefined) === paused) return toView(standing, deps);
    const atMs = deps.now();
    const connection = changed(standing.connection, paused, atMs);
    const action = paused ? ('connection.paused' as const) : ('connection.resumed' as const);
    const written = await deps.replace({ connection, wakes: !paused, deeds: [{ action }], cause, atMs });
    return written ? toView({ ...standing, connection }, deps) : problem('connection.write_conflict');
  };
