import type { Call, Worker } from './call.ts';

/**
 * What can be done to a call.
 * - `kill`: the worker that calls dies: `before` the call takes effect, `during` it (it takes effect, and nobody is there for the
 *   answer), or `after` it has the answer
 * - `cut`: the connection breaks before the call has an effect
 * - `lose_answer`: the call takes effect, and its answer never arrives; of a deletion from a queue, the effect is lost instead
 * - `throttle`: refused for its rate, as the service words it
 * - `conflict`: a transaction is cancelled for another one
 * - `partial`: the entries of a batch that `fails` picks by their JSON are handed back; the others take effect
 * - `delay`: the call waits, in real milliseconds
 * - `postpone`: messages that are sent come so many seconds later
 * - `duplicate`: a message is handed out twice at the same time, or a function is invoked twice with one event
 */
export type Fault =
  | {
      readonly kind: 'kill';
      readonly when: 'before' | 'during' | 'after';
      /** Whom to kill, where the call itself does not say who calls. */
      readonly worker?: Worker;
    }
  | { readonly kind: 'cut' | 'lose_answer' | 'throttle' | 'conflict' | 'duplicate' }
  | { readonly kind: 'partial'; readonly fails: (entry: string) => boolean }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'postpone'; readonly seconds: number };

/** Decides about faults. It is asked once for every call, before the call has any effect. */
export interface Faults {
  readonly at: (call: Call) => Fault | undefined;
}

/** A fault that means nothing at that call is a mistake of who planned it. */
export const cannotStrike = ({ kind }: Fault, { service, operation }: Call): Error =>
  new Error(`The fault "${kind}" cannot strike ${operation} of ${service}`);
