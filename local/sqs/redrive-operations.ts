import { optionalText, text, wholeNumber } from './fields.ts';
import type { MoveTask } from './move-tasks.ts';
import type { Operation } from './operation.ts';
import { page } from './page.ts';

const listDeadLetterSourceQueues: Operation = ({ directory, url }, input) => {
  const queue = directory.byUrl(text(input, 'QueueUrl'));
  const names = directory.sourcesOf(queue.record.arn).map((source) => source.record.name);
  const { items, next } = page(names, input);
  return { reply: { queueUrls: items.map(url), ...next } };
};

const startMessageMoveTask: Operation = ({ moves }, input) => {
  const task = moves.start({
    sourceArn: text(input, 'SourceArn'),
    destinationArn: optionalText(input, 'DestinationArn'),
    maxPerSecond: wholeNumber(input, 'MaxNumberOfMessagesPerSecond', 1, 500),
  });
  return { reply: { TaskHandle: task.handle } };
};

const taskView = (task: MoveTask) => ({
  // The handle serves only to cancel, so SQS shows it only while that is possible.
  ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
  Status: task.status,
  SourceArn: task.source.record.arn,
  ...(task.destination ? { DestinationArn: task.destination.record.arn } : {}),
  ...(task.maxPerSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.maxPerSecond }),
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  ...(task.failureReason === undefined ? {} : { FailureReason: task.failureReason }),
  StartedTimestamp: task.startedAtMs,
});

const listMessageMoveTasks: Operation = ({ moves }, input) => {
  const max = wholeNumber(input, 'MaxResults', 1, 10) ?? 1;
  return {
    reply: {
      Results: moves.list(text(input, 'SourceArn')).slice(0, max).map(taskView),
    },
  };
};

const cancelMessageMoveTask: Operation = ({ moves }, input) => ({
  reply: { ApproximateNumberOfMessagesMoved: moves.cancel(text(input, 'TaskHandle')).moved },
});

/** The actions around dead-letter queues. */
export const redriveOperations = {
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  StartMessageMoveTask: startMessageMoveTask,
  ListMessageMoveTasks: listMessageMoveTasks,
  CancelMessageMoveTask: cancelMessageMoveTask,
};
