import type { Delivery } from '#contracts/deliveries.ts';
import type { DeliveryRow } from '../deliveries.ts';
import { attemptIdOf, partsOf } from '../keys.ts';

const time = (epochMs: number) => new Date(epochMs).toISOString();

/** A delivery row as the API shows it. */
export const toDelivery = (deliveryId: string, row: DeliveryRow): Delivery => ({
  delivery_id: deliveryId,
  connection_id: partsOf(deliveryId).connectionId,
  connector_type: row.connector,
  state: row.state,
  ...(row.reason === undefined ? {} : { reason: row.reason }),
  attempts: row.attempts.map(({ n, ...attempt }) => ({ attempt_id: attemptIdOf(deliveryId, n), ...attempt })),
  created_at: time(row.created),
  updated_at: time(row.updated),
  ...(row.due === undefined ? {} : { next_attempt_at: time(row.due) }),
});
