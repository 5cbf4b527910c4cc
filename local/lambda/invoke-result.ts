export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

export interface InvokeFailure {
  readonly ok: false;
  readonly reason: 'error' | 'timeout' | 'throttled';
  readonly error: FunctionError;
}

/** What one event came to: the function's answer after a trip through JSON, or why there is none. */
export type InvokeResult = { readonly ok: true; readonly payload: unknown } | InvokeFailure;

/** An invocation that Lambda turned away. */
export const throttled: InvokeFailure = {
  ok: false,
  reason: 'throttled',
  error: { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' },
};
