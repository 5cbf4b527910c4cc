import { type Clock, sleep } from '../../../local/clock.ts';
import type { QueuePort, WireMessage } from '../../../local/event-sources/queue-port.ts';

export interface FakeQueue extends QueuePort {
  readonly send: (message: Partial<WireMessage> & { readonly Body: string }) => void;
  /** Bodies that were neither removed nor lost, visible or not. */
  readonly bodies: () => string[];
  readonly visibleCount: () => number;
  readonly receiveCount: (body: string) => number;
}

interface Held {
  readonly message: WireMessage;
  visibleAtMs: number;
  receives: number;
}

/** A queue in memory, on the given clock: visibility timeouts and long polls, nothing else. */
export const fakeQueue = (clock: Clock, visibilityTimeoutSeconds = 30): FakeQueue => {
  const held = new Map<string, Held>();
  const wakeUps = new Set<AbortController>();
  let sent = 0;
  const visible = () => [...held.values()].filter((entry) => entry.visibleAtMs <= clock.now());
  const take = (max: number): WireMessage[] =>
    visible()
      .slice(0, max)
      .map((entry) => {
        entry.visibleAtMs = clock.now() + visibilityTimeoutSeconds * 1000;
        entry.receives += 1;
        return entry.message;
      });
  return {
    arn: 'arn:aws:sqs:eu-west-1:000000000000:work',
    visibilityTimeoutSeconds,
    send(message) {
      sent += 1;
      const id = `id-${sent}`;
      const full = { MessageId: id, ReceiptHandle: `handle-${id}`, MD5OfBody: 'md5', ...message };
      held.set(full.ReceiptHandle, { message: full, visibleAtMs: clock.now(), receives: 0 });
      for (const wakeUp of wakeUps) wakeUp.abort();
    },
    async receive({ max, waitMs, signal }) {
      const endMs = clock.now() + waitMs;
      while (visible().length === 0 && clock.now() < endMs && !signal?.aborted) {
        const wakeUp = new AbortController();
        wakeUps.add(wakeUp);
        const either = signal ? AbortSignal.any([wakeUp.signal, signal]) : wakeUp.signal;
        const nextMs = Math.min(endMs, ...[...held.values()].map((entry) => entry.visibleAtMs));
        await sleep(clock, nextMs - clock.now(), either);
        wakeUps.delete(wakeUp);
      }
      return signal?.aborted ? [] : take(max);
    },
    removeBatch(handles) {
      for (const handle of handles) held.delete(handle);
    },
    bodies: () => [...held.values()].map(({ message }) => message.Body),
    visibleCount: () => visible().length,
    receiveCount: (body) => [...held.values()].find(({ message }) => message.Body === body)?.receives ?? 0,
  };
};
