/** The sparse index of the limits table that lists the connections with parked deliveries, by when to look at them next. */
export const PARKED_INDEX = { name: 'parked', partitionKey: 'parked', sortKey: 'look_at' } as const;
