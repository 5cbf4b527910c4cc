import * as z from 'zod';
import { Problem } from './errors.ts';
import { EventInput } from './events.ts';
import { EventId } from './ids.ts';
import { EVENTS_MAX } from './limits.ts';

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
