import type { Input } from './fields.ts';
import type { MoveTasks } from './move-tasks.ts';
import type { QueueDirectory } from './queue-directory.ts';

/** What the operations work on. `url` builds the URL of a queue, whose port is known only while the server listens. */
export interface OperationContext {
  readonly directory: QueueDirectory;
  readonly moves: MoveTasks;
  readonly url: (queueName: string) => string;
}

/** What an operation replies, and how many bytes of messages the request or the reply carried. */
interface OperationResult {
  readonly reply: object;
  readonly bytes?: number;
}

/** One SQS action. It throws `SqsError` for what SQS refuses; `signal` aborts when the caller hangs up. */
export type Operation = (
  context: OperationContext,
  input: Input,
  signal: AbortSignal,
) => OperationResult | Promise<OperationResult>;
