import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type GroupCommit, groupCommit } from './group-commit.ts';
import type { Journal, SavedQueue } from './journal.ts';
import type { Delivery, Message, MessageContent } from './message.ts';

// In WAL mode NORMAL keeps every commit through kill -9; only a power cut may take the last of them.
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS queue (name TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS message (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, queue TEXT NOT NULL,
    delivery TEXT NOT NULL, content TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS message_queue ON message (queue);`;

const statements = (database: DatabaseSync) => ({
  queues: database.prepare('SELECT state FROM queue ORDER BY name'),
  messages: database.prepare('SELECT queue, delivery, content FROM message ORDER BY position'),
  saveQueue: database.prepare('INSERT OR REPLACE INTO queue (name, state) VALUES (?, ?)'),
  dropQueue: database.prepare('DELETE FROM queue WHERE name = ?'),
  addMessage: database.prepare('INSERT INTO message (id, queue, delivery, content) VALUES (?, ?, ?, ?)'),
  updateMessage: database.prepare('UPDATE message SET queue = ?, delivery = ? WHERE id = ?'),
  dropMessage: database.prepare('DELETE FROM message WHERE id = ?'),
  dropMessagesOf: database.prepare('DELETE FROM message WHERE queue = ?'),
});

type Statements = ReturnType<typeof statements>;

// The file is written by this module alone, so a row has the shape that was saved.
const savedQueue = (state: unknown): SavedQueue => JSON.parse(String(state)) as SavedQueue;

const savedMessage = (delivery: unknown, content: unknown): Message => ({
  delivery: JSON.parse(String(delivery)) as Delivery,
  content: JSON.parse(String(content)) as MessageContent,
  rank: 0,
});

const loading = (sql: Statements): Pick<Journal, 'load'> => ({
  load: () => ({
    queues: sql.queues.all().map((row) => savedQueue(row['state'])),
    messages: sql.messages
      .all()
      .map((row) => [String(row['queue']), savedMessage(row['delivery'], row['content'])]),
  }),
});

const writing = (sql: Statements, commit: GroupCommit): Omit<Journal, 'load' | 'close' | 'committed'> => ({
  saveQueue: (queue) => commit.write(() => sql.saveQueue.run(queue.name, JSON.stringify(queue))),
  dropQueue: (name) =>
    commit.write(() => {
      sql.dropMessagesOf.run(name);
      sql.dropQueue.run(name);
    }),
  addMessage: (queueName, { content, delivery }) =>
    commit.write(() =>
      sql.addMessage.run(content.id, queueName, JSON.stringify(delivery), JSON.stringify(content)),
    ),
  updateMessage: (queueName, { content, delivery }) =>
    commit.write(() => sql.updateMessage.run(queueName, JSON.stringify(delivery), content.id)),
  dropMessage: (id) => commit.write(() => sql.dropMessage.run(id)),
  dropMessagesOf: (queueName) => commit.write(() => sql.dropMessagesOf.run(queueName)),
});

/** A journal in the SQLite file at `path`, which is created, with its folder, when missing. */
export const sqliteJournal = (path: string): Journal => {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  const commit = groupCommit(database);
  const sql = statements(database);
  return {
    ...loading(sql),
    ...writing(sql, commit),
    committed: commit.committed,
    close: () => {
      commit.flush();
      database.close();
    },
  };
};
