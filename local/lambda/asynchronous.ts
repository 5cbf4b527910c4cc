import { randomUUID } from 'node:crypto';
import { type Clock, sleep } from '../clock.ts';
import type { AsynchronousSettings } from './asynchronous-settings.ts';
import type { InvokeFailure, InvokeResult } from './invoke-result.ts';

/** An event that was given up, with what its last run came to. */
export interface GivenUp {
  readonly event: unknown;
  readonly requestId: string;
  readonly failure: InvokeFailure;
}

export interface AsynchronousOptions {
  readonly invoke: (event: unknown, requestId: string) => Promise<InvokeResult>;
  readonly settings: AsynchronousSettings;
  readonly clock: Clock;
  /** Takes what is given up; it never rejects. */
  readonly onGivenUp: (givenUp: GivenUp) => Promise<void>;
}

export interface Asynchronous {
  /** Accepts the event for sure; the promise is for who wants to know, and tells what the first run came to. */
  readonly accept: (event: unknown) => Promise<InvokeResult>;
  /** Resolves when no run is under way; what waits for another one is forgotten. */
  readonly stop: () => Promise<void>;
}

const ERROR_WAITS_MS = [60_000, 120_000];
const THROTTLED_WAIT_MS_MAX = 300_000;

/**
 * Invokes a function as Lambda does with an event that it has queued. The waits are those of its developer guide, "how
 * Lambda handles errors and retries with asynchronous invocation": one and two minutes after an error, one second that
 * doubles to five minutes while throttled, which spends no attempt. Here the queue does not outlive the process.
 */
export const invokeAsynchronously = (options: AsynchronousOptions): Asynchronous => {
  const { invoke, settings, clock, onGivenUp } = options;
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const run = async (event: unknown, first: (result: InvokeResult) => void): Promise<void> => {
    const requestId = randomUUID();
    const endMs = clock.now() + settings.eventAgeMaxMs;
    let errors = 0;
    let throttles = 0;
    for (;;) {
      const result = await invoke(event, requestId);
      first(result);
      if (result.ok) return;
      const throttled = result.reason === 'throttled';
      const waitMs = throttled
        ? Math.min(1000 * 2 ** throttles++, THROTTLED_WAIT_MS_MAX)
        : ERROR_WAITS_MS.slice(0, settings.retryAttemptsMax)[errors++];
      if (waitMs === undefined || clock.now() + waitMs > endMs)
        return onGivenUp({ event, requestId, failure: result });
      await sleep(clock, waitMs, stopping.signal);
      if (stopping.signal.aborted) return;
    }
  };

  return {
    accept(event) {
      const first = Promise.withResolvers<InvokeResult>();
      const running = run(event, first.resolve).finally(() => underWay.delete(running));
      underWay.add(running);
      return first.promise;
    },
    async stop() {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
};
