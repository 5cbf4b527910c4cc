import { derivedId } from '../platform/ids.ts';

/** The one id of the fact that a tenant published under an idempotency key. */
export const eventIdOf = (tenantId: string, idempotencyKey: string): string =>
  derivedId('evt', tenantId, idempotencyKey);

const bare = (id: string) => id.slice(id.indexOf('_') + 1);

/** The delivery of an event over a connection. It follows from the two, so making it twice makes one. */
export const deliveryIdOf = (eventId: string, connectionId: string): string =>
  `dlv_${bare(eventId)}_${bare(connectionId)}`;

/** The `n`th attempt at a delivery. */
export const attemptIdOf = (deliveryId: string, n: number): string => `att_${bare(deliveryId)}_${n}`;

/** The event and the connection that a delivery id names. */
export const partsOf = (deliveryId: string): { readonly eventId: string; readonly connectionId: string } => {
  const [, event = '', connection = ''] = deliveryId.split('_');
  return { eventId: `evt_${event}`, connectionId: `con_${connection}` };
};

/** Partition of everything about one event: random in its tail, so no tenant can heat a single partition. */
export const eventPartition = (tenantId: string, eventId: string): string => `T#${tenantId}#E#${eventId}`;
