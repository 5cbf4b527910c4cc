/**
 * The one index of the connections table: sparse, keys only, across tenants. It lists connections and activity for the
 * operator; the role of any function that works for one tenant does not reach it.
 */
export const PLATFORM_INDEX = { name: 'platform', partitionKey: 'platform', sortKey: 'platform_at' } as const;
