import { setTimeout as pause } from 'node:timers/promises';

// Far more than anything takes: suites that use both cores may run beside.
const PATIENCE_MS = 80_000;

/** Resolves with the first value that is not undefined or false; rejects, naming `what`, when patience is at an end. */
export const until = async <T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> => {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > giveUpAt) throw new Error(`It did not come to this: ${what}`);
    await pause(10);
  }
};
