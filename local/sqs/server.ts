import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import { type AuthorizeSqs, sqsEndpoint } from './http-endpoint.ts';
import { inProcessQueue, type Queue, type SqsCall } from './in-process-queue.ts';
import { memoryJournal } from './journal.ts';
import { MoveTasks } from './move-tasks.ts';
import type { QueueEngine } from './queue.ts';
import { changedAttributes } from './queue-attributes.ts';
import { QueueDirectory } from './queue-directory.ts';
import { sqliteJournal } from './sqlite-journal.ts';

export type { Queue, SqsCall } from './in-process-queue.ts';

/** `file` is where queues and messages outlive the process; without it they are in memory only. */
export interface SqsOptions {
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
  readonly file?: string;
  /** Told of every request that SQS would bill, once it is answered. */
  readonly onRequest?: (call: SqsCall) => void;
  readonly authorize?: AuthorizeSqs;
}

export interface SqsServer {
  /** Where SDK clients connect. With `/as/<name>` appended, requests are told apart by that name. */
  readonly endpoint: string;
  readonly url: (queueName: string) => string;
  readonly arn: (queueName: string) => string;
  /** Creates the queue, or gives it exactly these attributes; throws `SqsError` for one that SQS refuses. */
  readonly ensureQueue: (name: string, attributes: Readonly<Record<string, string>>) => Queue;
  readonly queue: (nameOrArn: string) => Queue | undefined;
  /** Ends every long poll and connection, and saves what is pending. */
  readonly close: () => Promise<void>;
}

const listen = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const ensure = (
  directory: QueueDirectory,
  name: string,
  given: Readonly<Record<string, string>>,
): QueueEngine => {
  const attributes = changedAttributes(given);
  const existing = directory.find(name);
  if (!existing) return directory.create({ name, attributes, tags: {} });
  existing.record.configure({ attributes });
  return existing;
};

/** Starts SQS for one account and region, on a loopback port that the system chooses. */
export const startSqs = async (options: SqsOptions): Promise<SqsServer> => {
  const { region, account, clock, file, authorize, onRequest = () => {} } = options;
  const journal = file === undefined ? memoryJournal : sqliteJournal(file);
  const directory = new QueueDirectory({ region, account, clock, journal });
  const moves = new MoveTasks(directory, clock);
  const server = createServer();
  const endpoint = await listen(server);
  const url = (queueName: string) => `${endpoint}/${account}/${queueName}`;
  server.on('request', sqsEndpoint({ context: { directory, moves, url }, journal, onRequest, authorize }));
  const wrapped = (engine: QueueEngine) => inProcessQueue(engine, journal, onRequest);
  return {
    endpoint,
    url,
    arn: (queueName) => directory.arn(queueName),
    ensureQueue: (name, attributes) => wrapped(ensure(directory, name, attributes)),
    queue(nameOrArn) {
      const engine = directory.find(nameOrArn) ?? directory.findByArn(nameOrArn);
      return engine && wrapped(engine);
    },
    async close() {
      moves.close();
      directory.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      journal.close();
    },
  };
};
