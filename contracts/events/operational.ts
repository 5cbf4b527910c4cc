import * as z from 'zod';
import { ConnectionId, DeliveryId, EventId, ExternalId } from '../ids.ts';
import { Subject } from './subject.ts';

const aboutConnection = {
  subject: Subject.optional(),
  connection_id: ConnectionId,
  connector_type: z.string().max(40),
};

export const SyncCompleted = z.object({ ...aboutConnection, items_count: z.int().min(0) });

export const ConnectionDegraded = z.object({ ...aboutConnection, reason: z.string().max(120) });

export const DeliveryQuarantined = z.object({
  ...aboutConnection,
  delivery_id: DeliveryId,
  event_id: EventId,
  reason: z.string().max(120),
});

export const BookmarkCreated = z.object({
  ...aboutConnection,
  bookmark_id: ExternalId,
  company_id: ExternalId,
});
