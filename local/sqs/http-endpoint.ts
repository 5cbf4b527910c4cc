import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Caller } from '../caller.ts';
import type { Refusal } from '../refusal.ts';
import { refused, SqsError } from './errors.ts';
import type { SqsCall } from './in-process-queue.ts';
import type { Journal } from './journal.ts';
import type { OperationContext } from './operation.ts';
import { operations } from './operations.ts';
import { readRequest, writeError, writeReply } from './wire.ts';

/** Asked about every request; what it answers refuses it, and is why. */
export type AuthorizeSqs = (caller: Caller, operation: string, queueArn: string) => Refusal | undefined;

/** What the endpoint serves, what makes its replies durable, and who is told of each billable request. */
interface EndpointDeps {
  readonly context: OperationContext;
  readonly journal: Journal;
  readonly onRequest: (call: SqsCall) => void;
  readonly authorize: AuthorizeSqs | undefined;
}

const hangUpSignal = (response: ServerResponse): AbortSignal => {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
};

const answer = async (
  { context, journal, onRequest, authorize }: EndpointDeps,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<object> => {
  const { operation, queue, caller, input } = await readRequest(request);
  const run = operations.get(operation);
  if (!run) throw new SqsError('InvalidAction', `The action ${operation} is not valid for this endpoint.`);
  const queueArn = queue === '' ? '' : context.directory.arn(queue);
  const refusal = authorize?.(caller, operation, queueArn);
  if (refusal) throw refused(refusal);
  let bytes = 0;
  try {
    const result = await run(context, input, signal);
    bytes = result.bytes ?? 0;
    // No reply may promise what a crash could still take back.
    await journal.committed();
    return result.reply;
  } finally {
    onRequest({ operation, queue, bytes, caller: caller.name });
  }
};

/** Answers AWS JSON 1.0 requests on any path. */
export const sqsEndpoint =
  (deps: EndpointDeps): RequestListener =>
  (request, response) => {
    // Before the body is read: a caller who hangs up meanwhile must not be handed a message.
    const signal = hangUpSignal(response);
    answer(deps, request, signal).then(
      (reply) => writeReply(response, reply),
      (error) => writeError(response, error),
    );
  };
