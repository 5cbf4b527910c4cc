import { type Clock, sleep } from '../clock.ts';
import type { InvokeResult } from '../lambda/invoke-result.ts';
import type { Attempt } from './payload.ts';
import type { RetryPolicy } from './scheduled.ts';

/** Why a target was not called: the error that its service gave. */
export interface CallFailure {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  /** Whether another try can help, as after throttling; a missing permission stays missing. */
  readonly retryable: boolean;
}

/** What a call came to. A function has only accepted the event; `answer` is what its first run comes to. */
export type CallResult = { readonly ok: true; readonly answer?: Promise<InvokeResult> } | CallFailure;

/** A call that was given up, and which limit of the retry policy ended it; none for an error that lasts. */
export interface GivenUpCall {
  readonly attempt: Attempt;
  readonly failure: CallFailure;
  readonly exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';
}

export interface CallOptions {
  readonly call: (payload: string) => Promise<CallResult>;
  readonly attempt: (number: number) => Attempt;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onGivenUp: (givenUp: GivenUpCall) => Promise<void>;
}

const BACKOFF_MS_MAX = 480_000;

/**
 * How long after the n-th failure (from 1) the next try comes: a second, doubling up to eight minutes. AWS says
 * "exponential backoff" without figures; with these, the default of 185 retries just fits into the default of 24 hours.
 */
export const backoffMs = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), BACKOFF_MS_MAX);

const limitReached = (
  failures: number,
  ageMs: number,
  { retryAttemptsMax, eventAgeMaxMs }: RetryPolicy,
): GivenUpCall['exhausted'] => {
  if (failures > retryAttemptsMax) return 'MaximumRetryAttempts';
  return ageMs + backoffMs(failures) > eventAgeMaxMs ? 'MaximumEventAgeInSeconds' : undefined;
};

/** Calls a target until it is reached, the policy gives up, or the signal aborts. `first` is told of the first try. */
export const callTarget = async (
  options: CallOptions,
  first: (result: CallResult) => void,
): Promise<void> => {
  const { call, retry, clock, signal, onGivenUp } = options;
  const startMs = clock.now();
  for (let number = 1; ; number += 1) {
    const attempt = options.attempt(number);
    const result = await call(attempt.payload);
    first(result);
    if (result.ok) return;
    if (!result.retryable) return onGivenUp({ attempt, failure: result });
    const exhausted = limitReached(number, clock.now() - startMs, retry);
    if (exhausted) return onGivenUp({ attempt, failure: result, exhausted });
    await sleep(clock, backoffMs(number), signal);
    if (signal.aborted) return;
  }
};
