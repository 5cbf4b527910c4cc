import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const Checkpoint = z.object({ streamArn: z.string(), shardId: z.string(), sequenceNumber: z.string() });

/** Where a mapping continues: after this record of the engine. */
export type StreamCheckpoint = z.infer<typeof Checkpoint>;

/** Reads a checkpoint; undefined when there is no file yet. Throws when the file is not a checkpoint. */
export const loadCheckpoint = (file: string): StreamCheckpoint | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return Checkpoint.parse(JSON.parse(text));
};

/** Replaces the checkpoint in one step, so that a kill leaves the old one or the new one. */
export const saveCheckpoint = (file: string, checkpoint: StreamCheckpoint): void => {
  const temporary = `${file}.tmp`;
  writeFileSync(temporary, JSON.stringify(checkpoint));
  renameSync(temporary, file);
};
