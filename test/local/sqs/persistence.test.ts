import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import {
  DeleteQueueCommand,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { manualClock } from '#local/manual-clock.ts';
import { groupCommit } from '#local/sqs/group-commit.ts';
import { type Queue, type SqsServer, startSqs } from '#local/sqs/server.ts';
import { ACCOUNT, bodies, clientOf, REGION, START_MS, takeNow, until } from './sqs-fixture.ts';

const temporaryFile = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sqs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'state', 'sqs.db');
};

const runAt = async (
  file: string,
  atMs: number,
  use: (server: SqsServer) => Promise<void>,
): Promise<void> => {
  const server = await startSqs({ region: REGION, account: ACCOUNT, clock: manualClock(atMs), file });
  try {
    await use(server);
  } finally {
    await server.close();
  }
};

const known = (server: SqsServer, name: string): Queue => {
  const queue = server.queue(name);
  if (!queue) throw new Error(`No queue ${name}`);
  return queue;
};

const CHILD = `
  import { systemClock } from '#local/clock.ts';
  import { startSqs } from '#local/sqs/server.ts';
  const [file, region, account] = process.argv.slice(1);
  const server = await startSqs({ region, account, clock: systemClock, file });
  server.ensureQueue('lane', {});
  console.log(server.endpoint);`;

const startChild = async (file: string): Promise<{ child: ChildProcess; endpoint: string }> => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, file, REGION, ACCOUNT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [endpoint] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, endpoint: String(endpoint) };
};

/** Sends batches until the server dies; returns the ids of all messages that it acknowledged. */
const sendUntilDeath = async (
  client: SQSClient,
  QueueUrl: string,
  acknowledged: Set<string>,
): Promise<void> => {
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: `i${i}`, MessageBody: `m${i}` }));
  for (;;) {
    const reply = await client
      .send(new SendMessageBatchCommand({ QueueUrl, Entries }))
      .catch(() => undefined);
    if (!reply) return;
    for (const { MessageId } of reply.Successful ?? []) acknowledged.add(String(MessageId));
  }
};

describe('a server with a file', () => {
  it('has every acknowledged message after it is killed in the middle of its work', async () => {
    const file = temporaryFile();
    const { child, endpoint } = await startChild(file);
    const client = clientOf(endpoint);
    const acknowledged = new Set<string>();
    const senders = Array.from({ length: 4 }, () =>
      sendUntilDeath(client, `${endpoint}/${ACCOUNT}/lane`, acknowledged),
    );
    await until(() => acknowledged.size > 500);
    child.kill('SIGKILL');
    await Promise.all(senders);
    client.destroy();
    await runAt(file, Date.now() + 1000, async (server) => {
      const queue = known(server, 'lane');
      for (let batch = await takeNow(queue); batch.length > 0; batch = await takeNow(queue))
        for (const { content } of batch) acknowledged.delete(content.id);
      expect(acknowledged.size).toBe(0);
    });
  });

  it('goes on where it stopped: delays, visibility, receive counts, handles, attributes', async () => {
    const file = temporaryFile();
    const handles: string[] = [];
    await runAt(file, START_MS, async (server) => {
      const queue = server.ensureQueue('lane', { VisibilityTimeout: '100' });
      for (const body of ['deleted', 'flying', 'returned']) await queue.send({ body });
      for (const { receiptHandle } of await takeNow(queue)) handles.push(receiptHandle);
      await queue.remove(handles[0] ?? '');
      await queue.changeVisibility(handles[2] ?? '', 0);
      await queue.send({
        body: 'waiting',
        groupId: 'g',
        attributes: { a: { DataType: 'String', StringValue: 'x' } },
      });
      await queue.send({ body: 'delayed', delaySeconds: 50 });
    });
    await runAt(file, START_MS + 10_000, async (server) => {
      const queue = known(server, 'lane');
      expect(queue.attributes.get('VisibilityTimeout')).toBe('100');
      expect(queue.depth()).toEqual({ visible: 2, inFlight: 1, delayed: 1 });
      const batch = await takeNow(queue);
      expect(batch.map(({ content, delivery }) => [content.body, delivery.receiveCount])).toEqual([
        ['returned', 2],
        ['waiting', 1],
      ]);
      expect(batch[1]?.content).toMatchObject({ groupId: 'g', attributes: { a: { StringValue: 'x' } } });
      await queue.remove(handles[1] ?? '');
      expect(queue.depth()).toEqual({ visible: 0, inFlight: 2, delayed: 1 });
    });
    await runAt(file, START_MS + 50_000, async (server) => {
      expect(bodies(await takeNow(known(server, 'lane')))).toEqual(['delayed']);
    });
  });

  it('remembers moves to the dead-letter queue, purges and deleted queues', async () => {
    const file = temporaryFile();
    await runAt(file, START_MS, async (server) => {
      const dlq = server.ensureQueue('dlq', {});
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: 1 });
      const queue = server.ensureQueue('lane', { RedrivePolicy, VisibilityTimeout: '0' });
      await queue.send({ body: 'poison' });
      await takeNow(queue);
      await takeNow(queue);
      for (const name of ['purged', 'gone']) await server.ensureQueue(name, {}).send({ body: 'x' });
      const client = clientOf(server.endpoint);
      await client.send(new PurgeQueueCommand({ QueueUrl: server.url('purged') }));
      await client.send(new DeleteQueueCommand({ QueueUrl: server.url('gone') }));
      client.destroy();
    });
    await runAt(file, START_MS, async (server) => {
      const dead = await takeNow(known(server, 'dlq'));
      expect(dead.map(({ delivery }) => delivery.deadLetterSourceArn)).toEqual([server.arn('lane')]);
      expect(known(server, 'lane').depth().visible).toBe(0);
      expect(known(server, 'purged').depth().visible).toBe(0);
      expect(server.queue('gone')).toBeUndefined();
      expect(await takeNow(server.ensureQueue('gone', {}))).toEqual([]);
    });
  });
});

describe('group commit', () => {
  it('commits the writes of one turn together, and says so only then', async () => {
    const file = temporaryFile();
    await runAt(file, START_MS, async () => {});
    const database = new DatabaseSync(file);
    const reader = new DatabaseSync(file, { readOnly: true });
    database.exec('CREATE TABLE t (x INTEGER)');
    const commit = groupCommit(database);
    for (const x of [1, 2, 3]) commit.write(() => database.exec(`INSERT INTO t VALUES (${x})`));
    const count = () => reader.prepare('SELECT count(*) AS n FROM t').get()?.['n'];
    expect(count()).toBe(0);
    await commit.committed();
    expect(count()).toBe(3);
    reader.close();
    database.close();
  });

  it('tells whoever waits when a commit fails, and works again afterwards', async () => {
    const database = new DatabaseSync(':memory:');
    database.exec('PRAGMA foreign_keys = ON; CREATE TABLE p (x INTEGER PRIMARY KEY)');
    database.exec('CREATE TABLE c (x INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED)');
    const commit = groupCommit(database);
    commit.write(() => database.exec('INSERT INTO c VALUES (7)'));
    await expect(commit.committed()).rejects.toThrow('FOREIGN KEY');
    commit.write(() => database.exec('INSERT INTO p VALUES (1)'));
    await commit.committed();
    expect(database.isTransaction).toBe(false);
    database.close();
  });
});
