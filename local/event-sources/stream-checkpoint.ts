import * as z from 'zod';
import { loadJson, saveJson } from '../json-file.ts';

const Checkpoint = z.object({ streamArn: z.string(), shardId: z.string(), sequenceNumber: z.string() });

/** Where a mapping continues: after this record of the engine. */
export type StreamCheckpoint = z.infer<typeof Checkpoint>;

/** Reads a checkpoint; undefined when there is no file yet. Throws when the file is not a checkpoint. */
export const loadCheckpoint = (file: string): StreamCheckpoint | undefined => loadJson(file, Checkpoint);

/** Replaces the checkpoint in one step, so that a kill leaves the old one or the new one. */
export const saveCheckpoint = (file: string, checkpoint: StreamCheckpoint): void =>
  saveJson(file, checkpoint);
