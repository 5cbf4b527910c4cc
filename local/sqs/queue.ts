import type { Cancel, Clock } from '../clock.ts';
import {
  checkVisibility,
  extendedVisibility,
  noteDeadLettered,
  noteReceived,
  unnoteReceived,
} from './delivery.ts';
import { invalidValue, SqsError } from './errors.ts';
import type { Journal } from './journal.ts';
import {
  type Message,
  type MessageContent,
  newMessage,
  type ReceivedMessage,
  type SendInput,
} from './message.ts';
import { checkMessage } from './message-rules.ts';
import { type Depth, Placement } from './placement.ts';
import type { QueueRecord } from './queue-record.ts';
import { decodeReceipt, encodeReceipt } from './receipt.ts';
import { fateOf } from './redrive.ts';
import { type Demand, Waiters } from './waiters.ts';

const IN_FLIGHT_MAX = 120_000;
const PURGE_INTERVAL_MS = 60_000;

/** What a queue needs from outside. `queueByArn` finds its dead-letter queue. */
interface QueueDeps {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly queueByArn: (arn: string) => QueueEngine | undefined;
}

/** How to receive. `visibilityTimeoutSeconds` left out means the queue's own. */
export interface ReceiveOptions {
  readonly max: number;
  readonly waitMs: number;
  readonly visibilityTimeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The messages of one standard queue. A change is durable only once the journal says `committed`. */
export class QueueEngine {
  readonly record: QueueRecord;
  readonly #deps: QueueDeps;
  readonly #placement = new Placement();
  readonly #waiters: Waiters;
  #purgedAtMs = Number.NEGATIVE_INFINITY;
  #servingSoon = false;
  #cancelAlarm: Cancel = () => {};

  constructor(record: QueueRecord, deps: QueueDeps) {
    this.record = record;
    this.#deps = deps;
    this.#waiters = new Waiters(deps.clock);
  }

  /** How many receivers are in a long poll. */
  get waitingReceivers(): number {
    return this.#waiters.size;
  }

  /** Checks and enqueues a message; throws the `SqsError` of a message that the queue refuses. */
  send(input: SendInput): Message {
    checkMessage(input, this.record.number('MaximumMessageSize'));
    const nowMs = this.#deps.clock.now();
    const delaySeconds = input.delaySeconds ?? this.record.number('DelaySeconds');
    const message = newMessage(input, nowMs, nowMs + delaySeconds * 1000);
    this.insert(message);
    return message;
  }

  /** Enqueues a message that no queue has had yet. */
  insert(message: Message): void {
    this.#deps.journal.addMessage(this.record.name, message);
    this.restore(message);
  }

  /** Puts in a message that the journal already has in this queue. */
  restore(message: Message): void {
    if (message.delivery.visibleAtMs > this.#deps.clock.now()) {
      this.#placement.hide(message);
      this.#arm();
    } else {
      this.#placement.show(message);
      this.#serveSoon();
    }
  }

  /** Takes up to `max` messages, waiting up to `waitMs` for the first. What an aborted receiver took is visible again. */
  async receive({
    max,
    waitMs,
    visibilityTimeoutSeconds,
    signal,
  }: ReceiveOptions): Promise<ReceivedMessage[]> {
    const visibilitySeconds = visibilityTimeoutSeconds ?? this.record.number('VisibilityTimeout');
    checkVisibility(visibilitySeconds);
    if (waitMs <= 0 && this.depth().inFlight >= IN_FLIGHT_MAX)
      throw new SqsError('OverLimit', 'Too many messages in flight.');
    const demand = { max, visibilitySeconds };
    let batch = signal?.aborted ? [] : this.#take(demand);
    if (batch.length === 0 && waitMs > 0) {
      const served = this.#waiters.wait(demand, waitMs, signal);
      this.#arm();
      batch = await served;
    }
    if (batch.length > 0) await this.#deps.journal.committed();
    if (!signal?.aborted) return batch;
    this.release(batch);
    return [];
  }

  /** Undoes a receive whose receiver is gone: it costs neither a receive count nor the visibility timeout. */
  release(batch: readonly ReceivedMessage[]): void {
    for (const { receiptHandle, content } of batch) {
      const message = this.#placement.find(content.id);
      if (message?.delivery.receipt !== decodeReceipt(this.record.name, receiptHandle).receipt) continue;
      unnoteReceived(message.delivery);
      this.#moveTo(message, this.#deps.clock.now());
    }
  }

  /** Deletes a message by the handle of any of its receives; an unknown message is already deleted, which is no error. */
  remove(receiptHandle: string): void {
    const message = this.#placement.find(decodeReceipt(this.record.name, receiptHandle).messageId);
    if (message) this.withdraw(message);
  }

  /** Takes a message out of the queue and of the journal. */
  withdraw(message: Message): void {
    this.#placement.lift(message);
    this.#deps.journal.dropMessage(message.content.id);
  }

  /** The visible message that a receive would take next, left in place. */
  nextVisible(): Message | undefined {
    this.#placement.promote(this.#deps.clock.now());
    return this.#placement.next();
  }

  /** Hides an in-flight message for `seconds` from now; zero makes it visible at once. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    checkVisibility(seconds);
    const message = this.#inFlightBy(receiptHandle);
    this.#moveTo(message, extendedVisibility(message.delivery, this.#deps.clock.now(), seconds));
  }

  depth(): Depth {
    this.#placement.promote(this.#deps.clock.now());
    return this.#placement.depth();
  }

  /** What every message says, whether it is visible, in flight or delayed; nothing is received. */
  peek(): MessageContent[] {
    return Array.from(this.#placement.all(), ({ content }) => content);
  }

  /** Deletes every message; a second purge within a minute is refused, as in SQS. */
  purge(): void {
    const nowMs = this.#deps.clock.now();
    if (nowMs - this.#purgedAtMs < PURGE_INTERVAL_MS)
      throw new SqsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${this.record.name} is allowed every 60 seconds.`,
      );
    this.#purgedAtMs = nowMs;
    this.#placement.clear();
    this.#deps.journal.dropMessagesOf(this.record.name);
  }

  /** Ends every long poll with no message. */
  close(): void {
    this.#waiters.dismiss();
    this.#cancelAlarm();
  }

  #take({ max, visibilitySeconds }: Demand): ReceivedMessage[] {
    const batch: ReceivedMessage[] = [];
    let message = this.nextVisible();
    while (message && batch.length < max && this.#placement.depth().inFlight < IN_FLIGHT_MAX) {
      if (!this.#diverted(message)) batch.push(this.#hand(message, visibilitySeconds));
      message = this.#placement.next();
    }
    return batch;
  }

  /** Whether the message went elsewhere than to the receiver: away for its age, or to the dead-letter queue. */
  #diverted(message: Message): boolean {
    const fate = fateOf(message, this.record.rules, this.#deps.clock.now());
    if (fate === 'expired') this.withdraw(message);
    return fate === 'expired' || (fate === 'dead-letter' && this.#deadLettered(message));
  }

  #deadLettered(message: Message): boolean {
    const target = this.#deps.queueByArn(this.record.deadLetterArn ?? '');
    if (!target || target === this) return false;
    this.#placement.lift(message);
    noteDeadLettered(message.delivery, this.record.arn, this.#deps.clock.now());
    this.#deps.journal.updateMessage(target.record.name, message);
    target.restore(message);
    return true;
  }

  // Hidden even for zero seconds, so that one receive never takes the same message twice.
  #hand(message: Message, visibilitySeconds: number): ReceivedMessage {
    const { content, delivery } = message;
    this.#placement.lift(message);
    const receipt = noteReceived(delivery, this.#deps.clock.now(), visibilitySeconds);
    this.#placement.hide(message);
    this.#deps.journal.updateMessage(this.record.name, message);
    const receiptHandle = encodeReceipt(this.record.name, { messageId: content.id, receipt });
    return { content, delivery: { ...delivery }, receiptHandle };
  }

  #moveTo(message: Message, visibleAtMs: number): void {
    this.#placement.lift(message);
    message.delivery.visibleAtMs = visibleAtMs;
    this.#deps.journal.updateMessage(this.record.name, message);
    this.restore(message);
  }

  #inFlightBy(receiptHandle: string): Message {
    const { messageId, receipt } = decodeReceipt(this.record.name, receiptHandle);
    this.#placement.promote(this.#deps.clock.now());
    const message = this.#placement.find(messageId);
    const reason = 'Message does not exist or is not available for visibility timeout change.';
    if (!message) throw invalidValue('ReceiptHandle', receiptHandle, reason);
    if (message.delivery.receipt !== receipt || !this.#placement.isInFlight(message))
      throw new SqsError('MessageNotInflight', reason);
    return message;
  }

  // In a microtask, so that the messages of one batch request go to one receiver together.
  #serveSoon(): void {
    if (this.#servingSoon || this.#waiters.size === 0) return;
    this.#servingSoon = true;
    queueMicrotask(() => {
      this.#servingSoon = false;
      this.#serve();
    });
  }

  #serve(): void {
    this.#waiters.serve((demand) => this.#take(demand));
    this.#arm();
  }

  /** Wakes the waiting receivers when a hidden message becomes visible; without receivers nothing needs a timer. */
  #arm(): void {
    this.#cancelAlarm();
    const visibleAtMs = this.#placement.nextVisibleAtMs();
    if (this.#waiters.size === 0 || visibleAtMs === undefined) return;
    this.#cancelAlarm = this.#deps.clock.after(visibleAtMs - this.#deps.clock.now(), () => this.#serve());
  }
}
