import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type * as z from 'zod';

/** Reads what {@link saveJson} wrote; undefined when there is no file yet. Throws when the file holds anything else. */
export const loadJson = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return schema.parse(JSON.parse(text));
};

/** Replaces the file in one step, so that a kill leaves the old one or the new one. */
export const saveJson = (file: string, value: unknown): void => {
  const temporary = `${file}.tmp`;
  writeFileSync(temporary, JSON.stringify(value));
  renameSync(temporary, file);
};
