/** The sparse index of the deliveries table that lists the rows no queue holds: parked ones, and those due later than a queue can delay. */
export const WAITING_INDEX = {
  name: 'waiting',
  partitionKey: 'wait',
  sortKey: 'wait_at',
  /** What a pointer needs beyond the keys. */
  included: ['connector', 'scope'],
} as const;
