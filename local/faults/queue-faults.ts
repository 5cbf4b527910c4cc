import type { QueuePort, WireMessage } from '../event-sources/queue-port.ts';
import { cannotStrike, type Faults } from './fault.ts';

/** What the faults of a queue need beyond what an event source mapping does. */
export interface FaultyQueue extends QueuePort {
  /** Makes a message that was received visible again at once, for whoever comes next. */
  readonly showAgain: (receiptHandle: string) => Promise<void>;
}

/**
 * The queue as a mapping sees it, with faults at `ReceiveMessage` (`duplicate`: another receiver gets the message too) and at
 * `DeleteMessage` (`lose_answer`: the message stays, as when a server that holds a copy was away). Both are asked per message.
 */
export const faultyQueue = (
  queue: FaultyQueue,
  faults: Faults,
  who: { readonly functionName: string; readonly resource: string },
): QueuePort => {
  const bodies = new Map<string, string>();
  const ask = (operation: string, text: string, kind: 'duplicate' | 'lose_answer'): boolean => {
    const call = { service: 'sqs', operation, environmentId: '', text, ...who } as const;
    const fault = faults.at(call);
    if (fault && fault.kind !== kind) throw cannotStrike(fault, call);
    return fault !== undefined;
  };
  const receive: QueuePort['receive'] = async (options) => {
    const messages: WireMessage[] = await queue.receive(options);
    for (const { ReceiptHandle, Body } of messages) {
      bodies.set(ReceiptHandle, Body);
      if (ask('ReceiveMessage', Body, 'duplicate')) await queue.showAgain(ReceiptHandle);
    }
    return messages;
  };
  const removeBatch: QueuePort['removeBatch'] = async (receiptHandles) => {
    const kept = receiptHandles.filter(
      (handle) => !ask('DeleteMessage', bodies.get(handle) ?? '', 'lose_answer'),
    );
    for (const handle of receiptHandles) bodies.delete(handle);
    if (kept.length > 0) await queue.removeBatch(kept);
  };
  return { ...queue, receive, removeBatch };
};
