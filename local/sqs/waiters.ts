import type { Clock } from '../clock.ts';
import type { ReceivedMessage } from './message.ts';

/** How much one receive takes, and for how long it hides what it takes. */
export interface Demand {
  readonly max: number;
  readonly visibilitySeconds: number;
}

interface Waiter {
  readonly demand: Demand;
  readonly finish: (batch: ReceivedMessage[]) => void;
}

/** The receivers in a long poll, in the order in which they came. */
export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves with the first batch served, or with none after `waitMs` or as soon as `signal` aborts. */
  wait(demand: Demand, waitMs: number, signal?: AbortSignal): Promise<ReceivedMessage[]> {
    if (signal?.aborted) return Promise.resolve([]);
    return new Promise((resolve) => {
      const giveUp = () => finish([]);
      const finish = (batch: ReceivedMessage[]) => {
        this.#waiting.delete(waiter);
        cancel();
        signal?.removeEventListener('abort', giveUp);
        resolve(batch);
      };
      const waiter: Waiter = { demand, finish };
      const cancel = this.#clock.after(waitMs, giveUp);
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(waiter);
    });
  }

  /** Serves one receiver after the other until `take` has nothing left; the others go on waiting. */
  serve(take: (demand: Demand) => ReceivedMessage[]): void {
    for (const waiter of [...this.#waiting]) {
      const batch = take(waiter.demand);
      if (batch.length === 0) return;
      waiter.finish(batch);
    }
  }

  /** Sends every receiver away with nothing. */
  dismiss(): void {
    for (const waiter of [...this.#waiting]) waiter.finish([]);
  }
}
