import { batchEntries, eachEntry } from './batch.ts';
import { messageBytes } from './digest.ts';
import { SqsError } from './errors.ts';
import { type Input, optionalNumber, text, textList, wholeNumber } from './fields.ts';
import type { ReceivedMessage } from './message.ts';
import { viewOf } from './message-view.ts';
import type { Operation } from './operation.ts';
import type { QueueEngine } from './queue.ts';

/** The size of a received batch, in bytes. */
export const batchBytes = (batch: readonly ReceivedMessage[]): number =>
  batch.reduce((total, { content }) => total + messageBytes(content), 0);

const receiveMessage: Operation = async ({ directory }, input, signal) => {
  const queue = directory.byUrl(text(input, 'QueueUrl'));
  const waitSeconds =
    wholeNumber(input, 'WaitTimeSeconds', 0, 20) ?? queue.record.number('ReceiveMessageWaitTimeSeconds');
  const batch = await queue.receive({
    max: wholeNumber(input, 'MaxNumberOfMessages', 1, 10) ?? 1,
    waitMs: waitSeconds * 1000,
    visibilityTimeoutSeconds: optionalNumber(input, 'VisibilityTimeout'),
    signal,
  });
  const selection = {
    system: [...textList(input, 'AttributeNames'), ...textList(input, 'MessageSystemAttributeNames')],
    named: textList(input, 'MessageAttributeNames'),
  };
  const Messages = batch.map((message) => viewOf(message, selection));
  return { reply: batch.length > 0 ? { Messages } : {}, bytes: batchBytes(batch) };
};

const requiredSeconds = (input: Input): number => {
  const seconds = optionalNumber(input, 'VisibilityTimeout');
  if (seconds === undefined)
    throw new SqsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  return seconds;
};

const single =
  (run: (queue: QueueEngine, input: Input) => void): Operation =>
  ({ directory }, input) => {
    run(directory.byUrl(text(input, 'QueueUrl')), input);
    return { reply: {} };
  };

const batched =
  (run: (queue: QueueEngine, input: Input) => void): Operation =>
  ({ directory }, input) => {
    const queue = directory.byUrl(text(input, 'QueueUrl'));
    const runEntry = (entry: Input) => {
      run(queue, entry);
      return {};
    };
    return { reply: eachEntry(batchEntries(input), runEntry) };
  };

const remove = (queue: QueueEngine, input: Input) => queue.remove(text(input, 'ReceiptHandle'));

const changeVisibility = (queue: QueueEngine, input: Input) =>
  queue.changeVisibility(text(input, 'ReceiptHandle'), requiredSeconds(input));

/** The actions of a consumer. */
export const receiveOperations = {
  ReceiveMessage: receiveMessage,
  DeleteMessage: single(remove),
  DeleteMessageBatch: batched(remove),
  ChangeMessageVisibility: single(changeVisibility),
  ChangeMessageVisibilityBatch: batched(changeVisibility),
};
