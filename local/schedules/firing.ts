import type { Clock } from '../clock.ts';
import { type CallResult, callTarget, type GivenUpCall } from './call.ts';
import { type Attempts, attemptsAt } from './payload.ts';
import type { Scheduled, ScheduledTarget } from './scheduled.ts';

/** How the target of a schedule is reached, and where a call goes that was given up. Neither rejects. */
export interface TargetPort {
  readonly target: ScheduledTarget;
  readonly call: (payload: string) => Promise<CallResult>;
  readonly giveUp: (givenUp: GivenUpCall, scheduledMs: number) => Promise<void>;
}

export interface ScheduleWithPorts {
  readonly scheduled: Scheduled;
  readonly ports: readonly TargetPort[];
}

export interface Firing {
  /** Calls every target for the occurrence at `scheduledMs` (epoch milliseconds); what the first try of each comes to. */
  readonly fire: (schedule: ScheduleWithPorts, scheduledMs: number) => Promise<readonly CallResult[]>;
  /** Resolves when no call is under way; retries that wait are forgotten. */
  readonly stop: () => Promise<void>;
}

export const makeFiring = (clock: Clock): Firing => {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  const callPort = (port: TargetPort, attempts: Attempts, scheduledMs: number): Promise<CallResult> => {
    const first = Promise.withResolvers<CallResult>();
    const options = {
      call: port.call,
      attempt: (number: number) => attempts(port.target, number),
      retry: port.target.retry,
      clock,
      signal: stopping.signal,
      onGivenUp: (givenUp: GivenUpCall) => port.giveUp(givenUp, scheduledMs),
    };
    const calling = callTarget(options, first.resolve).finally(() => underWay.delete(calling));
    underWay.add(calling);
    return first.promise;
  };

  return {
    fire({ scheduled, ports }, scheduledMs) {
      const attempts = attemptsAt(scheduled, scheduledMs);
      return Promise.all(ports.map((port) => callPort(port, attempts, scheduledMs)));
    },
    async stop() {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
};
