import type { Clock } from '../clock.ts';
import { isTravelClock } from '../travel-clock.ts';
import { fillsPayload, recordBytes } from './payload-batches.ts';
import type { QueuePort, WireMessage } from './queue-port.ts';

const LONG_POLL_MS = 20_000;
const RECEIVE_MAX = 10;

// Weeks pass in a moment on a clock that travels, unless every idle poller must be woken for each 20 seconds of them.
const pollMsOn = (clock: Clock): number => (isTravelClock(clock) ? Number.POSITIVE_INFINITY : LONG_POLL_MS);

export interface BatchLimits {
  readonly batchSize: number;
  readonly windowMs: number;
}

const bytesOf = (messages: readonly WireMessage[]): number =>
  messages.reduce((total, message) => total + recordBytes(message), 0);

/**
 * Waits for a first message, then gathers more until the batch is full, the window has passed, or 6 MB are reached.
 * Resolves with what there is when the signal aborts; `onReceived` hears of every message the moment it is taken.
 */
export const collectBatch = async (
  queue: QueuePort,
  limits: BatchLimits,
  clock: Clock,
  signal: AbortSignal,
  onReceived: (count: number) => void,
): Promise<WireMessage[]> => {
  const receive = async (max: number, waitMs: number): Promise<WireMessage[]> => {
    const messages = await queue.receive({ max: Math.min(RECEIVE_MAX, max), waitMs, signal });
    onReceived(messages.length);
    return messages;
  };
  const batch = await receive(limits.batchSize, pollMsOn(clock));
  const windowEndMs = clock.now() + limits.windowMs;
  while (batch.length > 0 && batch.length < limits.batchSize && !fillsPayload(bytesOf(batch))) {
    const leftMs = windowEndMs - clock.now();
    if (leftMs <= 0 || signal.aborted) break;
    const more = await receive(limits.batchSize - batch.length, leftMs);
    if (more.length === 0) break;
    batch.push(...more);
  }
  return batch;
};
