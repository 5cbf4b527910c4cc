import * as z from 'zod';
import { Problem } from './errors.ts';
import { EventInput } from './events.ts';
import { EventId } from './ids.ts';

/** Sizes in bytes of UTF-8. A function's payload ends at 6 MB, and escaping can nearly double a body on its way. */
export const REQUEST_BYTES_MAX = 2 * 1024 * 1024;
/** An outbox row ends at 400 KB; larger payloads belong behind a link. */
export const EVENT_BYTES_MAX = 128 * 1024;
export const EVENTS_MAX = 100;

/** The frame of a publish request; each event is checked for itself, so that a bad one does not stop its neighbours. */
export const PublishRequest = z.object({ events: z.array(z.unknown()).min(1).max(EVENTS_MAX) });

/** What the OpenAPI document says of the same request. */
export const PublishRequestDocument = z
  .object({ events: z.array(EventInput).min(1).max(EVENTS_MAX) })
  .meta({ id: 'PublishRequest' });

export const PublishResult = z
  .object({
    event_id: EventId.nullable().meta({ description: 'Null when nothing was kept under this key.' }),
    status: z.enum(['accepted', 'duplicate', 'rejected']),
    error: Problem.optional(),
  })
  .meta({ id: 'PublishResult' });
export type PublishResult = z.infer<typeof PublishResult>;

export const PublishResponse = z.object({ results: z.array(PublishResult) }).meta({ id: 'PublishResponse' });
