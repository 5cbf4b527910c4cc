import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../harness/until.ts';

const LINES_SHOWN = 40;
const ROOT = join(import.meta.dirname, '../..');

export interface MortalOptions {
  readonly dataDir: string;
  readonly assemblyDir: string;
  readonly port: number;
  readonly operatorToken: string;
}

export interface MortalProcess {
  /** Starts the product; resolves once its API is up. */
  readonly start: () => Promise<void>;
  /** Starts it and kills it so many milliseconds later, wherever its start has got to by then. */
  readonly startAndKill: (afterMs: number) => Promise<void>;
  /** Kills it outright, and the tables' engine with it if asked; resolves once it is dead. */
  readonly kill: (options?: { readonly engineToo: boolean }) => Promise<void>;
  /** Lets it finish what it has begun. */
  readonly stop: () => Promise<void>;
  /** The last that it printed, over all runs. */
  readonly lastLines: () => string;
}

/** The engine outlives a killed product until the next start; the file beside the tables says which it is. */
const engineOf = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'dynamodb.sqlite.pid'), 'utf8').split(' ')[0]);

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'exit');
  child.kill(signal);
  await closed;
};

/** The whole product as a process of its own, on data that outlive it. */
export const mortalProcess = ({
  dataDir,
  assemblyDir,
  port,
  operatorToken,
}: MortalOptions): MortalProcess => {
  const args = ['--no-demo', '--data-dir', dataDir, '--assembly', assemblyDir, '--port', String(port)];
  const printed: string[] = [];
  let child: ChildProcess | undefined;

  const run = () => {
    const env = { ...process.env, OPERATOR_TOKENS: operatorToken };
    const started = spawn(process.execPath, ['bin/local.ts', ...args], { cwd: ROOT, env });
    const own: string[] = [];
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        own.push(chunk.toString());
        printed.push(chunk.toString());
      });
    }
    return { started, own };
  };

  return {
    async start() {
      const { started, own } = run();
      child = started;
      await until('the product is up', () => {
        if (started.exitCode !== null || started.signalCode !== null)
          throw new Error(`It ended:\n${own.join('')}`);
        return own.join('').includes('up at http://');
      });
    },
    async startAndKill(afterMs) {
      const { started } = run();
      child = started;
      await pause(afterMs);
      await end(started, 'SIGKILL');
    },
    async kill({ engineToo } = { engineToo: false }) {
      const engine = engineToo ? engineOf(dataDir) : undefined;
      if (engine !== undefined) process.kill(engine, 'SIGKILL');
      if (child) await end(child, 'SIGKILL');
    },
    async stop() {
      if (child) await end(child, 'SIGTERM');
    },
    lastLines: () => printed.join('').split('\n').slice(-LINES_SHOWN).join('\n'),
  };
};
