import { type Scoped, type ScopeName, scopeName } from '#contracts/scopes.ts';

/** In the place of a tenant's id, for what belongs to the deployment. It is no UUID, so no tenant can be called that. */
export const PLATFORM = 'platform';

/** Where a connection stands: of one type in one scope a tenant has one at a time. */
export interface Place extends Scoped {
  readonly tenant_id: string;
  readonly connector_type: string;
}

/** A tenant's settings, connections and principals share a partition, so one query reads all that routing needs. */
export const tenantPartition = (tenantId: string) => `T#${tenantId}#C`;

export const SETTINGS = 'settings';
export const CONNECTION = 'connection#';
export const PRINCIPAL = 'principal#';

/** Sorts behind all that is of the whole platform, so that routing reads no connection of an occasion or event unasked. */
export const SCOPED = '~';

/** What the sort keys of a scope's connections or principals begin with. */
export const sortPrefix = (kind: typeof CONNECTION | typeof PRINCIPAL, scope: ScopeName) =>
  `${scope === 'platform' ? '' : SCOPED}${kind}${scope}#`;

const keyOf = (kind: typeof CONNECTION | typeof PRINCIPAL, of: Place) => ({
  pk: tenantPartition(of.tenant_id),
  sk: `${sortPrefix(kind, scopeName(of))}${of.connector_type}`,
});

// Scope and type are the sort key: a tenant cannot have two connections of one type in one scope.
export const connectionKey = (of: Place) => keyOf(CONNECTION, of);

export const principalKey = (of: Place) => keyOf(PRINCIPAL, of);

const whole = (tenantId: string) => (tenantId === PLATFORM ? PLATFORM : 'tenant');

/** Everything that was done at one place, whichever connection stood there; or, without a place, to the tenant or the platform. */
export const activityPartition = (tenantId: string, at: Place | undefined) =>
  `T#${tenantId}#A#${at === undefined ? whole(tenantId) : `${scopeName(at)}#${at.connector_type}`}`;
