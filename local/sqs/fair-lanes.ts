import { Heap } from './heap.ts';
import type { Message } from './message.ts';

interface Lane {
  readonly waiting: Heap<Message>;
  inFlight: number;
}

const byRank = (a: Message, b: Message): number => a.rank - b.rank;

const headRank = (lane: Lane): number => lane.waiting.peek()?.rank ?? 0;

const byNeed = (a: Lane, b: Lane): number => a.inFlight - b.inFlight || headRank(a) - headRank(b);

/**
 * The messages that wait, one lane per message group. The group with the fewest messages in flight is served first, and
 * among equals the message that has waited longest.
 */
export class FairLanes {
  readonly #lanes = new Map<string | undefined, Lane>();
  readonly #served = new Heap<Lane>(byNeed);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(message: Message): void {
    const lane = this.#laneOf(message);
    lane.waiting.set(message);
    this.#size += 1;
    this.#settle(message, lane);
  }

  /** The message to serve next, left in place. */
  peek(): Message | undefined {
    return this.#served.peek()?.waiting.peek();
  }

  remove(message: Message): void {
    const lane = this.#lanes.get(message.content.groupId);
    if (!lane?.waiting.delete(message)) return;
    this.#size -= 1;
    this.#settle(message, lane);
  }

  /** Counts one more (1) or one fewer (-1) message of this one's group as in flight. */
  countInFlight(message: Message, change: 1 | -1): void {
    // A message without a group is a tenant of its own: what is in flight from others like it does not hold it back.
    if (message.content.groupId === undefined) return;
    const lane = this.#laneOf(message);
    lane.inFlight += change;
    this.#settle(message, lane);
  }

  clear(): void {
    this.#lanes.clear();
    this.#served.clear();
    this.#size = 0;
  }

  #laneOf(message: Message): Lane {
    const existing = this.#lanes.get(message.content.groupId);
    if (existing) return existing;
    const lane: Lane = { waiting: new Heap(byRank), inFlight: 0 };
    this.#lanes.set(message.content.groupId, lane);
    return lane;
  }

  #settle(message: Message, lane: Lane): void {
    if (lane.waiting.size > 0) this.#served.set(lane);
    else this.#served.delete(lane);
    if (lane.waiting.size === 0 && lane.inFlight === 0) this.#lanes.delete(message.content.groupId);
  }
}
