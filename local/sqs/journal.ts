import type { Message } from './message.ts';

/** What is kept of a queue between runs. */
export interface SavedQueue {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

/** Where queues and messages outlive the process. Changes made in one turn of the event loop become durable together. */
export interface Journal {
  readonly load: () => { readonly queues: SavedQueue[]; readonly messages: [queueName: string, Message][] };
  readonly saveQueue: (queue: SavedQueue) => void;
  /** Forgets a queue and all of its messages. */
  readonly dropQueue: (name: string) => void;
  readonly addMessage: (queueName: string, message: Message) => void;
  /** Saves which queue a message is in, and its delivery. */
  readonly updateMessage: (queueName: string, message: Message) => void;
  readonly dropMessage: (id: string) => void;
  readonly dropMessagesOf: (queueName: string) => void;
  /** Resolves once every change made so far is durable; rejects when it could not be made so. */
  readonly committed: () => Promise<void>;
  /** Commits what is pending and releases the file. */
  readonly close: () => void;
}

const nothing = (): void => {};

/** The journal of a run that keeps everything in memory only. */
export const memoryJournal: Journal = {
  load: () => ({ queues: [], messages: [] }),
  saveQueue: nothing,
  dropQueue: nothing,
  addMessage: nothing,
  updateMessage: nothing,
  dropMessage: nothing,
  dropMessagesOf: nothing,
  committed: () => Promise.resolve(),
  close: nothing,
};
