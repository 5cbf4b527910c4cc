import type { Clock } from '../clock.ts';
import { noSuchQueue, SqsError } from './errors.ts';
import type { Journal, SavedQueue } from './journal.ts';
import { QueueEngine } from './queue.ts';
import type { QueueAttributes } from './queue-attributes.ts';
import { QueueRecord } from './queue-record.ts';

interface DirectoryOptions {
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
  readonly journal: Journal;
}

interface Definition {
  readonly name: string;
  readonly attributes: QueueAttributes;
  readonly tags: Readonly<Record<string, string>>;
}

const QUEUE_NAME = /^[\w-]{1,80}$/;

/** Every queue of the account, found by name, by ARN or by URL. */
export class QueueDirectory {
  readonly #options: DirectoryOptions;
  readonly #queues = new Map<string, QueueEngine>();

  constructor(options: DirectoryOptions) {
    this.#options = options;
    const saved = options.journal.load();
    for (const queue of saved.queues) this.#add(queue);
    for (const [queueName, message] of saved.messages) this.#queues.get(queueName)?.restore(message);
  }

  arn(name: string): string {
    return `arn:aws:sqs:${this.#options.region}:${this.#options.account}:${name}`;
  }

  find(name: string): QueueEngine | undefined {
    return this.#queues.get(name);
  }

  findByArn(arn: string): QueueEngine | undefined {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1));
    return queue?.record.arn === arn ? queue : undefined;
  }

  /** The queue of a URL, by its last segment only: the port in a URL changes from run to run. */
  byUrl(url: string): QueueEngine {
    const queue = this.#queues.get(url.slice(url.lastIndexOf('/') + 1));
    if (!queue) throw noSuchQueue();
    return queue;
  }

  /** All queues in name order. */
  all(): QueueEngine[] {
    return [...this.#queues.values()].sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
  }

  /** The queues whose dead-letter queue is `arn`, in name order. */
  sourcesOf(arn: string): QueueEngine[] {
    return this.all().filter((queue) => queue.record.deadLetterArn === arn);
  }

  create({ name, attributes, tags }: Definition): QueueEngine {
    if (!QUEUE_NAME.test(name))
      throw new SqsError(
        'InvalidParameterValue',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    const nowMs = this.#options.clock.now();
    const queue = this.#add({
      name,
      attributes: Object.fromEntries(attributes),
      tags,
      createdAtMs: nowMs,
      changedAtMs: nowMs,
    });
    queue.record.save();
    return queue;
  }

  remove(queue: QueueEngine): void {
    queue.close();
    this.#queues.delete(queue.record.name);
    this.#options.journal.dropQueue(queue.record.name);
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  #add(saved: SavedQueue): QueueEngine {
    const { clock, journal } = this.#options;
    const record = new QueueRecord(this.arn(saved.name), saved, clock, journal);
    const queue = new QueueEngine(record, { clock, journal, queueByArn: (arn) => this.findByArn(arn) });
    this.#queues.set(saved.name, queue);
    return queue;
  }
}
