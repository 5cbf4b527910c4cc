import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import { isTravelClock } from '../travel-clock.ts';
import type { EnvironmentRequest, EnvironmentSettings } from './environment-messages.ts';
import { type ExecutionEnvironment, startExecutionEnvironment } from './execution-environment.ts';
import { findHandlerFile } from './handler-file.ts';
import type { InvokeFailure, InvokeResult } from './invoke-result.ts';
import type { RunResult } from './pending-result.ts';
import { createPermits } from './permits.ts';

const REQUEST_BYTES_MAX = 6 * 1024 * 1024;
// Each environment is a thread with its own heap; a burst that started one per request would exhaust a laptop.
const ENVIRONMENTS_MAX_DEFAULT = 4;

export interface FunctionLogLine {
  readonly functionName: string;
  /** Absent for what is written while loading, or after the answer. */
  readonly requestId?: string;
  readonly line: string;
}

export interface Invocation {
  readonly functionName: string;
  readonly durationMs: number;
  readonly cold: boolean;
  readonly outcome: 'ok' | InvokeFailure['reason'];
}

export interface FunctionOptions {
  readonly name: string;
  readonly arn: string;
  /** The unpacked asset. */
  readonly directory: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** The whole process.env of the function; nothing of the developer's is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  readonly environmentsMax?: number;
  readonly clock: Clock;
  readonly onLog?: (line: FunctionLogLine) => void;
  readonly onInvoke?: (invocation: Invocation) => void;
}

export interface LocalFunction {
  readonly name: string;
  readonly arn: string;
  readonly timeoutSeconds: number;
  /** Runs one event; a `requestId` is given where the same request is tried again. */
  readonly invoke: (event: unknown, requestId?: string) => Promise<InvokeResult>;
  /** How long each cold start took, oldest first; failed ones are not counted. */
  readonly initDurationsMs: readonly number[];
  /** Turns away new and waiting events, lets those in flight finish within their timeout, then ends every environment. */
  readonly close: () => Promise<void>;
}

type Request = Pick<EnvironmentRequest, 'requestId' | 'eventJson'>;

const throttled: InvokeFailure = {
  ok: false,
  reason: 'throttled',
  error: { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' },
};

const tooLarge: InvokeFailure = {
  ok: false,
  reason: 'error',
  error: {
    errorType: 'RequestTooLargeException',
    errorMessage: `Request must be smaller than ${REQUEST_BYTES_MAX} bytes for the InvokeFunction operation`,
  },
};

const settingsOf = (options: FunctionOptions): EnvironmentSettings => ({
  ...findHandlerFile(options.directory, options.handler),
  functionName: options.name,
  functionArn: options.arn,
  memoryMb: options.memoryMb,
  ...(isTravelClock(options.clock) ? { timeOffset: options.clock.offset } : {}),
});

/** What the function does takes real time, so a clock that jumps must not end it; functions see the jump in dates alone. */
const runClockOf = ({ clock }: FunctionOptions): Clock => (isTravelClock(clock) ? systemClock : clock);

/** Starts environments when none is idle, and keeps those that survive an event for the next one. */
const environmentPool = (options: FunctionOptions, settings: EnvironmentSettings) => {
  const idle: ExecutionEnvironment[] = [];
  const initDurationsMs: number[] = [];

  const takeIdle = (): ExecutionEnvironment | undefined => {
    for (;;) {
      const environment = idle.pop();
      if (!environment || environment.isAlive()) return environment;
    }
  };

  const runOn = async (environment: ExecutionEnvironment, request: Request): Promise<RunResult> => {
    const timeoutMs = options.timeoutSeconds * 1000;
    const result = await environment.run({ ...request, timeoutMs });
    if (environment.isAlive()) idle.push(environment);
    return result;
  };

  const runOnNew = async (request: Request): Promise<RunResult> => {
    const clock = runClockOf(options);
    const startedAt = clock.now();
    const environment = startExecutionEnvironment({
      settings,
      environment: options.environment,
      clock,
      onLine: (line, requestId) =>
        options.onLog?.({
          functionName: options.name,
          line,
          ...(requestId === undefined ? {} : { requestId }),
        }),
    });
    const loaded = await environment.init();
    if (!loaded.ok) {
      await environment.destroy();
      return loaded;
    }
    initDurationsMs.push(clock.now() - startedAt);
    return runOn(environment, request);
  };

  return {
    initDurationsMs,
    async run(request: Request): Promise<{ result: RunResult; cold: boolean }> {
      const warm = takeIdle();
      return { result: await (warm ? runOn(warm, request) : runOnNew(request)), cold: !warm };
    },
    destroyIdle: () => Promise.all(idle.splice(0).map((environment) => environment.destroy())),
  };
};

/** Prepares a function; its first event starts the first environment. Throws when the handler's file does not exist. */
export const createFunction = (options: FunctionOptions): LocalFunction => {
  const { name, arn, timeoutSeconds } = options;
  const clock = runClockOf(options);
  const hold = isTravelClock(options.clock) ? options.clock.hold : () => () => {};
  const pool = environmentPool(options, settingsOf(options));
  const permits = createPermits(options.environmentsMax ?? ENVIRONMENTS_MAX_DEFAULT);
  const reserved = options.reservedConcurrency ?? Number.POSITIVE_INFINITY;
  const inFlight = new Set<Promise<unknown>>();

  const runEvent = async (request: Request): Promise<InvokeResult> => {
    if (!(await permits.acquire())) return throttled;
    const startedAt = clock.now();
    try {
      const { result, cold } = await pool.run(request);
      const outcome = result.ok ? 'ok' : result.reason;
      options.onInvoke?.({ functionName: name, durationMs: clock.now() - startedAt, cold, outcome });
      return result.ok ? { ok: true, payload: JSON.parse(result.payloadJson) } : result;
    } finally {
      permits.release();
    }
  };

  return {
    name,
    arn,
    timeoutSeconds,
    initDurationsMs: pool.initDurationsMs,
    async invoke(event, requestId = randomUUID()) {
      const eventJson = JSON.stringify(event) ?? 'null';
      if (Buffer.byteLength(eventJson) > REQUEST_BYTES_MAX) return tooLarge;
      if (inFlight.size >= reserved) {
        options.onInvoke?.({ functionName: name, durationMs: 0, cold: false, outcome: 'throttled' });
        return throttled;
      }
      const release = hold();
      const running = runEvent({ requestId, eventJson }).finally(release);
      inFlight.add(running);
      return running.finally(() => inFlight.delete(running));
    },
    async close() {
      permits.close();
      await Promise.allSettled(inFlight);
      await pool.destroyIdle();
    },
  };
};
