import type { Need } from './request-context.ts';

// SQS authorizes a batch like its single form.
const ACTIONS: Readonly<Record<string, string>> = {
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  DeleteMessageBatch: 'DeleteMessage',
  SendMessageBatch: 'SendMessage',
};

/** What an SQS operation needs; an empty `queueArn` is for one that names no queue. */
export const sqsNeeds = (operation: string, queueArn: string): readonly Need[] => [
  { action: `sqs:${ACTIONS[operation] ?? operation}`, resource: queueArn === '' ? '*' : queueArn },
];
