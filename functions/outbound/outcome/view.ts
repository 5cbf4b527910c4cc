import type { Delivery } from '#contracts/deliveries.ts';
import type { DeliveryRow } from '../deliveries.ts';
import { deliveryIdOf } from '../keys.ts';

const time = (epochMs: number) => new Date(epochMs).toISOString();

/** A delivery row as the API shows it. */
export const toDelivery = (eventId: string, connectionId: string, row: DeliveryRow): Delivery => ({
  delivery_id: deliveryIdOf(eventId, connectionId),
  connection_id: connectionId,
  connector_type: row.connector,
  state: row.state,
  ...(row.reason === undefined ? {} : { reason: row.reason }),
  attempts: [...row.attempts],
  created_at: time(row.created),
  updated_at: time(row.updated),
  ...(row.due === undefined ? {} : { next_attempt_at: time(row.due) }),
});
