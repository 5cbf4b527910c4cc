import * as z from 'zod';
import { loadJson, saveJson } from '../json-file.ts';

const Creation = z.object({ expression: z.string(), createdAtMs: z.number() });

/** When a schedule was made with the expression that it has, in epoch milliseconds, and whether that was just now. */
export interface CreationTime {
  readonly createdAtMs: number;
  readonly isNew: boolean;
}

/**
 * Reads from `file` when a schedule was made, or writes there that it is made now; one whose expression has changed
 * counts as made anew. Throws for a file that holds anything else.
 */
export const creationTime = (file: string, expression: string, nowMs: number): CreationTime => {
  const before = loadJson(file, Creation);
  if (before?.expression === expression) return { createdAtMs: before.createdAtMs, isNew: false };
  saveJson(file, { expression, createdAtMs: nowMs });
  return { createdAtMs: nowMs, isNew: true };
};
