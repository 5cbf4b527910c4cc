import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ENDED_CHECK_MS = 5;

const claimOf = (file: string): string => `${file}.pid`;

const contentOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const hasOpened = (pid: number, file: string): boolean =>
  contentOf(`/proc/${pid}/cmdline`).split('\0').includes(file);

const parentOf = (pid: number): number => Number(/\) \S (\d+)/.exec(contentOf(`/proc/${pid}/stat`))?.[1]);

/** Notes which engine has opened the database, for whoever comes after a crash. Returns what removes the note. */
export const claimFile = (file: string, pid: number | undefined): (() => void) => {
  if (pid === undefined || !existsSync(dirname(file))) return () => {};
  writeFileSync(claimOf(file), `${pid} ${process.pid}`);
  return () => rmSync(claimOf(file), { force: true });
};

/**
 * Ends the engine that a killed process left behind on this database. Throws when a process that is alive uses it:
 * two engines would each remember other transactions.
 */
export const endOrphan = async (file: string): Promise<void> => {
  const [engine = 0, starter] = contentOf(claimOf(file)).split(' ').map(Number);
  if (!engine || !hasOpened(engine, file)) return;
  if (parentOf(engine) === starter) throw new Error(`Process ${starter} already uses the database ${file}`);
  process.kill(engine, 'SIGKILL');
  while (hasOpened(engine, file)) await delay(ENDED_CHECK_MS);
};
