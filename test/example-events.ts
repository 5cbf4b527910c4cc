import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../examples/', import.meta.url);

/** Names of the files in `examples/`. */
export const exampleFiles = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.json'));

/** The events as they stand in one file, not yet validated. */
export const eventsIn = (file: string): unknown[] => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

/** All of `examples/`, not yet validated. */
export const exampleEvents = (): unknown[] => exampleFiles().flatMap(eventsIn);
