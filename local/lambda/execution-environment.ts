import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import type { EnvironmentMessage, EnvironmentRequest, EnvironmentSettings } from './environment-messages.ts';
import { lineSplitter } from './log-lines.ts';
import { pendingResult, type RunResult } from './pending-result.ts';

const INIT_TIMEOUT_MS = 10_000;
// A heap smaller than this cannot hold a bundle with an SDK.
const OLD_GENERATION_MB_MIN = 64;
// Without it V8 gives a limited worker a tiny young generation and spends almost half of the CPU collecting it.
const YOUNG_GENERATION_MB = 48;

// Spares every cold start but the first the stripping of types and the compiling of the bundle, about 35 ms together.
const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/lambda', import.meta.url));

export interface EnvironmentOptions {
  readonly settings: EnvironmentSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly onLine: (line: string, requestId: string | undefined) => void;
  readonly onExit?: () => void;
}

export interface ExecutionEnvironment {
  /** Resolves once the module is loaded; a failure leaves the environment dead. */
  readonly init: () => Promise<RunResult>;
  /** Runs one event. Never called while another is in flight. */
  readonly run: (request: EnvironmentRequest) => Promise<RunResult>;
  /** False once it has crashed, exited, timed out or been destroyed. */
  readonly isAlive: () => boolean;
  readonly destroy: () => Promise<void>;
}

const startWorker = ({ settings, environment }: EnvironmentOptions): Worker =>
  new Worker(new URL('./environment.ts', import.meta.url), {
    workerData: settings,
    env: { ...environment, NODE_COMPILE_CACHE },
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: {
      maxOldGenerationSizeMb: Math.max(settings.memoryMb, OLD_GENERATION_MB_MIN),
      maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
    },
  });

/** What a message settles; an answer to another request than the one in flight is stale. */
const resultOf = (message: EnvironmentMessage, requestId: string | undefined): RunResult | undefined => {
  switch (message.type) {
    case 'log':
      return undefined;
    case 'ready':
      return { ok: true, payloadJson: 'null' };
    case 'crashed':
      return { ok: false, reason: 'error', error: message.error };
    case 'answered':
      return message.requestId === requestId ? { ok: true, payloadJson: message.payloadJson } : undefined;
    case 'failed':
      return message.requestId === requestId
        ? { ok: false, reason: 'error', error: message.error }
        : undefined;
  }
};

/** Starts one worker thread that holds one function: one event at a time, and no second life after the thread has failed. */
export const startExecutionEnvironment = (options: EnvironmentOptions): ExecutionEnvironment => {
  const worker = startWorker(options);
  let alive = true;
  const kill = (): Promise<unknown> => {
    alive = false;
    return worker.terminate();
  };
  const lines = lineSplitter((line) => options.onLine(line, pending.requestId()));
  const pending = pendingResult(options.clock, () => void kill(), lines.flush);

  worker.on('message', (message: EnvironmentMessage) => {
    if (message.type === 'log') lines.write(message.text);
    else if (message.type === 'crashed') alive = false;
    const result = resultOf(message, pending.requestId());
    if (result) pending.settle(result);
  });
  worker.on('error', (error: Error & { code?: string }) => {
    alive = false;
    if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return pending.fail(error.name, error.message);
    pending.fail('Runtime.OutOfMemory', 'Runtime exited with error: signal: killed');
  });
  worker.on('exit', (code) => {
    alive = false;
    pending.fail('Runtime.ExitError', `Runtime exited with error: exit status ${code}`);
    lines.flush();
    options.onExit?.();
  });

  const loaded = pending.wait(INIT_TIMEOUT_MS);
  return {
    init: () => loaded,
    run(request) {
      const result = pending.wait(request.timeoutMs, request.requestId);
      worker.postMessage(request);
      return result;
    },
    isAlive: () => alive,
    destroy: async () => void (await kill()),
  };
};
