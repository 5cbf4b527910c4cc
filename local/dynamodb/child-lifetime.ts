import type { ChildProcess } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// With several children, no one's handler must take the others' for a decision.
const ours = new Set<unknown>();

/** Makes sure that `child` does not outlive this process, unless that is killed outright. Returns what undoes it. */
export const endWithThisProcess = (child: ChildProcess): (() => void) => {
  const kill = (): void => void child.kill('SIGKILL');
  const onSignal = (signal: NodeJS.Signals): void => {
    // Whoever else handles the signal decides how this process ends, and may still need the child until then.
    if (process.listeners(signal).some((listener) => !ours.has(listener))) return;
    kill();
    release();
    process.kill(process.pid, signal);
  };
  const release = (): void => {
    ours.delete(onSignal);
    process.off('exit', kill);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  ours.add(onSignal);
  process.on('exit', kill);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return release;
};
