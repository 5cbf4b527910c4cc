import { fromEnv } from '@aws-sdk/credential-provider-env';
import { makeCache } from '../cache.ts';
import { readEnv } from '../env.ts';
import { currentTenant } from './as-tenant.ts';
import { makeAssumeRole, type SessionCredentials } from './assume-role.ts';
import { clientConfig } from './client-config.ts';
import { SessionEnv } from './session-env.ts';

/** What conditions know of a session as `aws:PrincipalTag/tenant_id`. */
const TENANT_TAG = 'tenant_id';

// A session lives for an hour; one that is used up to its end would fail on the way.
const SESSIONS = { ttlMs: 50 * 60_000, entriesMax: 2000 };

/** Credentials for whoever is worked for right now: a session for the tenant, or the function's own. */
const makeCredentials = () => {
  const own = fromEnv();
  const sessions = makeCache<SessionCredentials>({ ...SESSIONS, now: () => Date.now() });
  let assumeRole: ReturnType<typeof makeAssumeRole> | undefined;
  return async () => {
    const tenantId = currentTenant();
    if (tenantId === undefined) return own();
    assumeRole ??= makeAssumeRole(readEnv(SessionEnv));
    const assume = assumeRole;
    return sessions(tenantId, () => assume({ key: TENANT_TAG, value: tenantId }));
  };
};

/**
 * For clients of tables and keys that work for tenants. The credentials are chosen call by call, so the SDK must not
 * remember those of one call for the next: it takes a provider that says `memoized` as it is.
 */
export const tenantClientConfig = {
  ...clientConfig,
  credentials: Object.assign(makeCredentials(), { memoized: true }),
};
