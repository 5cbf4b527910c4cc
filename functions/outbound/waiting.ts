/** Where the index of waiting rows lists one: under which heading, and at which time (RFC 3339). */
export interface Waiting {
  readonly wait: string;
  readonly wait_at: string;
}

/** One heading takes a thousand writes a second, and a storm brings more. */
const WAIT_SHARDS = 8;

const shardOf = (eventId: string) => eventId.charCodeAt(eventId.length - 1) % WAIT_SHARDS;

/** The headings of all rows that wait for a time. */
export const DUE_HEADINGS: readonly string[] = Array.from({ length: WAIT_SHARDS }, (_, n) => `due#${n}`);

/** The headings of all rows that wait for one connection. */
export const parkedHeadings = (tenantId: string, connectionId: string): string[] =>
  Array.from({ length: WAIT_SHARDS }, (_, n) => `T#${tenantId}#W#${connectionId}#${n}`);

/** Listed by when it is due: for a retry that is further away than a queue can delay. */
export const waitingUntil = (eventId: string, dueMs: number): Waiting => ({
  wait: DUE_HEADINGS[shardOf(eventId)] ?? '',
  wait_at: new Date(dueMs).toISOString(),
});

/** Listed by when it was parked: for a delivery whose connection is not ready. */
export const waitingFor = (
  tenantId: string,
  { eventId, connectionId }: { readonly eventId: string; readonly connectionId: string },
  parkedMs: number,
): Waiting => ({
  wait: parkedHeadings(tenantId, connectionId)[shardOf(eventId)] ?? '',
  wait_at: new Date(parkedMs).toISOString(),
});
