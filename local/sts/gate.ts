import type { Caller } from '../caller.ts';
import type { AccessControl } from '../iam/access-control.ts';
import type { Need } from '../iam/request-context.ts';
import type { Refusal } from '../refusal.ts';
import type { Sessions } from './sessions.ts';

/** Nothing when the caller may do what it asks, or when nobody is named as the caller; otherwise why not. */
export type Gate = (caller: Caller, needs: () => readonly Need[]) => Refusal | undefined;

/** What every service asks before it works: who calls, and whether the policies of that one's role allow it. */
export const makeGate =
  ({ refusal }: Pick<AccessControl, 'refusal'>, { identify }: Sessions): Gate =>
  (caller, needs) => {
    const identity = identify(caller);
    if (identity.refusal) return identity.refusal;
    if (identity.principal === undefined) return undefined;
    const message = refusal(identity.principal, needs());
    return message === undefined ? undefined : { code: 'AccessDenied', message };
  };
