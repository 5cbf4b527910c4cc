import type { Clock } from '../clock.ts';
import type { Journal, SavedQueue } from './journal.ts';
import { numberAttribute, type QueueAttributes } from './queue-attributes.ts';
import { type FateRules, fateRulesOf } from './redrive.ts';

type Tags = Readonly<Record<string, string>>;

/** What a queue is apart from its messages: name, attributes and tags, kept in the journal. */
export class QueueRecord {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly #clock: Clock;
  readonly #journal: Journal;
  #attributes: QueueAttributes;
  #tags: Tags;
  #changedAtMs: number;
  #rules: FateRules;

  constructor(arn: string, saved: SavedQueue, clock: Clock, journal: Journal) {
    this.name = saved.name;
    this.arn = arn;
    this.createdAtMs = saved.createdAtMs;
    this.#clock = clock;
    this.#journal = journal;
    this.#attributes = new Map(Object.entries(saved.attributes));
    this.#tags = saved.tags;
    this.#changedAtMs = saved.changedAtMs;
    this.#rules = fateRulesOf(this.#attributes);
  }

  get attributes(): QueueAttributes {
    return this.#attributes;
  }

  get tags(): Tags {
    return this.#tags;
  }

  get changedAtMs(): number {
    return this.#changedAtMs;
  }

  get rules(): FateRules {
    return this.#rules;
  }

  get deadLetterArn(): string | undefined {
    return this.#rules.redrive?.deadLetterTargetArn;
  }

  /** The value of an attribute that always is a whole number. */
  number(attribute: string): number {
    return numberAttribute(this.#attributes, attribute);
  }

  /** Replaces the attributes, the tags, or both, and saves the queue. */
  configure(change: { readonly attributes?: QueueAttributes; readonly tags?: Tags }): void {
    this.#attributes = change.attributes ?? this.#attributes;
    this.#tags = change.tags ?? this.#tags;
    this.#rules = fateRulesOf(this.#attributes);
    this.#changedAtMs = this.#clock.now();
    this.save();
  }

  save(): void {
    this.#journal.saveQueue({
      name: this.name,
      attributes: Object.fromEntries(this.#attributes),
      tags: this.#tags,
      createdAtMs: this.createdAtMs,
      changedAtMs: this.#changedAtMs,
    });
  }
}
