import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string>();

/** The tenant for whom work is under way; undefined for the function's own work. */
export const currentTenant = (): string | undefined => current.getStore() || undefined;

/**
 * Works for one tenant: calls to tables and keys within `run` are made with credentials that reach nothing of any other,
 * whatever the code asks for.
 */
export const asTenant = <T>(tenantId: string, run: () => T): T => current.run(tenantId, run);

/** Works for the deployment itself, also within work for a tenant: calls are made under the function's own role. */
export const asPlatform = <T>(run: () => T): T => current.run('', run);
