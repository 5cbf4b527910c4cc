import { FairLanes } from './fair-lanes.ts';
import { Heap } from './heap.ts';
import type { Message } from './message.ts';

/** How many messages can be received, are with a receiver, and are still delayed. */
export interface Depth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const byVisibleAt = (a: Message, b: Message): number =>
  a.delivery.visibleAtMs - b.delivery.visibleAtMs || a.rank - b.rank;

const wasReceived = (message: Message): boolean => message.delivery.receipt !== undefined;

/**
 * Where each message of a queue is: waiting in its lane, or hidden until a time. A hidden message with a receipt is in
 * flight, one without is delayed; the receipt may therefore change only while the message is lifted out.
 */
export class Placement {
  readonly #messages = new Map<string, Message>();
  readonly #hidden = new Heap<Message>(byVisibleAt);
  readonly #lanes = new FairLanes();
  #lastRank = 0;
  #inFlight = 0;

  find(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  /** Every message, visible or hidden. */
  all(): Iterable<Message> {
    return this.#messages.values();
  }

  isInFlight(message: Message): boolean {
    return this.#hidden.has(message) && wasReceived(message);
  }

  /** Puts the message at the end of its lane, visible. */
  show(message: Message): void {
    this.#register(message);
    this.#lanes.add(message);
  }

  /** Hides the message until its `visibleAtMs`. */
  hide(message: Message): void {
    this.#register(message);
    this.#hidden.set(message);
    if (wasReceived(message)) this.#countInFlight(message, 1);
  }

  /** Takes the message out, wherever it is. */
  lift(message: Message): void {
    this.#messages.delete(message.content.id);
    this.#lanes.remove(message);
    if (this.#hidden.delete(message) && wasReceived(message)) this.#countInFlight(message, -1);
  }

  /** Shows every hidden message whose time has come. */
  promote(nowMs: number): void {
    let next = this.#hidden.peek();
    while (next && next.delivery.visibleAtMs <= nowMs) {
      this.lift(next);
      this.show(next);
      next = this.#hidden.peek();
    }
  }

  /** The visible message to serve next, left in place. */
  next(): Message | undefined {
    return this.#lanes.peek();
  }

  /** When the next hidden message becomes visible; nothing when none is hidden. */
  nextVisibleAtMs(): number | undefined {
    return this.#hidden.peek()?.delivery.visibleAtMs;
  }

  depth(): Depth {
    return {
      visible: this.#lanes.size,
      inFlight: this.#inFlight,
      delayed: this.#hidden.size - this.#inFlight,
    };
  }

  clear(): void {
    this.#messages.clear();
    this.#hidden.clear();
    this.#lanes.clear();
    this.#inFlight = 0;
  }

  #register(message: Message): void {
    this.#lastRank += 1;
    message.rank = this.#lastRank;
    this.#messages.set(message.content.id, message);
  }

  #countInFlight(message: Message, change: 1 | -1): void {
    this.#inFlight += change;
    this.#lanes.countInFlight(message, change);
  }
}
