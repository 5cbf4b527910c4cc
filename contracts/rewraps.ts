import * as z from 'zod';
import { RewrapId, Timestamp } from './ids.ts';
import { Note } from './notes.ts';

export const StartRewrap = z.object({ note: Note.optional() }).meta({ id: 'StartRewrap' });

/** What a cancellation is asked with, in the query. */
export const CancelRewrapQuery = z.object({ note: Note.optional() });

/** What a rewrap has come to so far. What a run did that died is not counted; the next one finds it `unchanged`. */
export const RewrapCounts = z.object({
  connections: z.int().meta({ description: 'Looked at; one that changed meanwhile is looked at again.' }),
  rewrapped: z.int().meta({ description: "Data keys that are now under the key's current material." }),
  unchanged: z.int().meta({ description: 'Data keys that were there already.' }),
  overtaken: z.int().meta({
    description:
      'Secrets that were rotated, renewed or destroyed at the same moment, and left as that left them.',
  }),
  failed: z.int().meta({ description: 'Data keys that KMS refused; the log names their connections.' }),
});
export type RewrapCounts = z.infer<typeof RewrapCounts>;

export const RewrapJob = z
  .object({
    rewrap_id: RewrapId,
    state: z.enum(['running', 'done', 'cancelled']),
    started_at: Timestamp,
    started_by: z.string().meta({ description: 'Who, as activity records it.' }),
    note: Note.optional(),
    finished_at: Timestamp.optional(),
    counts: RewrapCounts,
  })
  .meta({ id: 'RewrapJob', description: 'All data keys wrapped anew, after a rotation of the key.' });
export type RewrapJob = z.infer<typeof RewrapJob>;
