import type { Clock } from '../clock.ts';
import { isTravelClock } from '../travel-clock.ts';
import type { EnvironmentRequest, EnvironmentSettings } from './environment-messages.ts';
import { type ExecutionEnvironment, startExecutionEnvironment } from './execution-environment.ts';
import type { FunctionOptions } from './function-options.ts';
import { findHandlerFile } from './handler-file.ts';
import type { RunResult } from './pending-result.ts';

/** One event, under the id of the request that brings it. */
export type RunRequest = Pick<EnvironmentRequest, 'requestId' | 'eventJson'>;

export interface EnvironmentPool {
  /** How long each cold start took, oldest first. */
  readonly initDurationsMs: readonly number[];
  /** Runs one event on an idle environment or on a new one. */
  readonly run: (request: RunRequest) => Promise<{ readonly result: RunResult; readonly cold: boolean }>;
  readonly kill: (environmentId: string) => void;
  readonly destroyIdle: () => Promise<unknown>;
}

const settingsOf = (options: FunctionOptions): EnvironmentSettings => ({
  ...findHandlerFile(options.directory, options.handler),
  functionName: options.name,
  functionArn: options.arn,
  memoryMb: options.memoryMb,
  ...(isTravelClock(options.clock) ? { timeOffset: options.clock.offset } : {}),
});

/** Starts environments, and knows those that live by their ids. */
const environments = (options: FunctionOptions, clock: Clock) => {
  const settings = settingsOf(options);
  const alive = new Map<string, ExecutionEnvironment>();
  let started = 0;
  const onLine = (line: string, requestId: string | undefined): void =>
    options.onLog?.({ functionName: options.name, line, ...(requestId === undefined ? {} : { requestId }) });
  return {
    start(): ExecutionEnvironment {
      started += 1;
      const environmentId = String(started);
      const variables = { ...options.environment, ...options.variablesOf?.(environmentId) };
      const onExit = () => alive.delete(environmentId);
      const environment = startExecutionEnvironment({
        settings,
        environment: variables,
        clock,
        onLine,
        onExit,
      });
      alive.set(environmentId, environment);
      return environment;
    },
    kill: (environmentId: string): void => void alive.get(environmentId)?.destroy(),
  };
};

/** Starts environments when none is idle, and keeps those that survive an event for the next one. `clock` runs in real time. */
export const environmentPool = (options: FunctionOptions, clock: Clock): EnvironmentPool => {
  const { start, kill } = environments(options, clock);
  const idle: ExecutionEnvironment[] = [];
  const initDurationsMs: number[] = [];

  const takeIdle = (): ExecutionEnvironment | undefined => {
    for (;;) {
      const environment = idle.pop();
      if (!environment || environment.isAlive()) return environment;
    }
  };

  const runOn = async (environment: ExecutionEnvironment, request: RunRequest): Promise<RunResult> => {
    const timeoutMs = options.timeoutSeconds * 1000;
    const result = await environment.run({ ...request, timeoutMs });
    if (environment.isAlive()) idle.push(environment);
    return result;
  };

  const runOnNew = async (request: RunRequest): Promise<RunResult> => {
    const startedAt = clock.now();
    const environment = start();
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
    kill,
    async run(request) {
      const warm = takeIdle();
      return { result: await (warm ? runOn(warm, request) : runOnNew(request)), cold: !warm };
    },
    destroyIdle: () => Promise.all(idle.splice(0).map((environment) => environment.destroy())),
  };
};
