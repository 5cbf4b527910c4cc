import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import { isTravelClock } from '../travel-clock.ts';
import { environmentPool, type RunRequest } from './environment-pool.ts';
import type { FunctionOptions } from './function-options.ts';
import { type InvokeFailure, type InvokeResult, throttled } from './invoke-result.ts';
import { createPermits } from './permits.ts';

const REQUEST_BYTES_MAX = 6 * 1024 * 1024;
// Each environment is a thread with its own heap; a burst that started one per request would exhaust a laptop.
const ENVIRONMENTS_MAX_DEFAULT = 4;

export interface LocalFunction {
  readonly name: string;
  readonly arn: string;
  readonly timeoutSeconds: number;
  /** Runs one event; a `requestId` is given where the same request is tried again. */
  readonly invoke: (event: unknown, requestId?: string) => Promise<InvokeResult>;
  /** How long each cold start took, oldest first; failed ones are not counted. */
  readonly initDurationsMs: readonly number[];
  /** Ends an execution environment wherever it is; its event fails with `Runtime.ExitError`. Nothing for one that is gone. */
  readonly kill: (environmentId: string) => void;
  /** Turns away new and waiting events, lets those in flight finish within their timeout, then ends every environment. */
  readonly close: () => Promise<void>;
}

const tooLarge: InvokeFailure = {
  ok: false,
  reason: 'error',
  error: {
    // The API's model says RequestTooLargeException; its users all report this name, with this message and status 413.
    errorType: 'RequestEntityTooLargeException',
    errorMessage: `Request must be smaller than ${REQUEST_BYTES_MAX} bytes for the InvokeFunction operation`,
  },
};

/** What the function does takes real time, so a clock that jumps must not end it; functions see the jump in dates alone. */
const runClockOf = ({ clock }: FunctionOptions): Clock => (isTravelClock(clock) ? systemClock : clock);

/** Prepares a function; its first event starts the first environment. Throws when the handler's file does not exist. */
export const createFunction = (options: FunctionOptions): LocalFunction => {
  const { name, arn, timeoutSeconds } = options;
  const clock = runClockOf(options);
  const hold = isTravelClock(options.clock) ? options.clock.hold : () => () => {};
  const pool = environmentPool(options, clock);
  const permits = createPermits(options.environmentsMax ?? ENVIRONMENTS_MAX_DEFAULT);
  const reserved = options.reservedConcurrency ?? Number.POSITIVE_INFINITY;
  const inFlight = new Set<Promise<unknown>>();

  const runEvent = async (request: RunRequest): Promise<InvokeResult> => {
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
    kill: pool.kill,
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
