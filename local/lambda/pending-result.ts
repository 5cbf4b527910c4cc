import type { Cancel, Clock } from '../clock.ts';
import type { InvokeFailure } from './invoke-result.ts';

export type RunResult = { readonly ok: true; readonly payloadJson: string } | InvokeFailure;

export interface PendingResult {
  /** The request that is being waited for; undefined while loading and between requests. */
  readonly requestId: () => string | undefined;
  readonly wait: (timeoutMs: number, requestId?: string) => Promise<RunResult>;
  /** Ends the wait; without effect when nothing is waited for. */
  readonly settle: (result: RunResult) => void;
  /** Ends the wait with an error whose message names the request, as Lambda's own messages do. */
  readonly fail: (errorType: string, errorMessage: string, reason?: 'error' | 'timeout') => void;
}

/** The one result that an environment owes at a time: the first of answer, crash, exit and timeout counts. */
export const pendingResult = (clock: Clock, onTimeout: () => void, onSettled: () => void): PendingResult => {
  let requestId: string | undefined;
  let resolve: ((result: RunResult) => void) | undefined;
  let cancel: Cancel = () => undefined;

  const settle = (result: RunResult): void => {
    const settled = resolve;
    if (!settled) return;
    cancel();
    onSettled();
    resolve = undefined;
    requestId = undefined;
    settled(result);
  };

  const fail: PendingResult['fail'] = (errorType, message, reason = 'error') => {
    const errorMessage = `${requestId ? `RequestId: ${requestId} ` : ''}Error: ${message}`;
    settle({ ok: false, reason, error: { errorType, errorMessage } });
  };

  return {
    requestId: () => requestId,
    settle,
    fail,
    wait(timeoutMs, id) {
      requestId = id;
      cancel = clock.after(timeoutMs, () => {
        onTimeout();
        fail('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`, 'timeout');
      });
      return new Promise((onResult) => {
        resolve = onResult;
      });
    },
  };
};
