import { noSuchQueue, SqsError } from './errors.ts';
import { type Input, optionalText, text, textList, textMap } from './fields.ts';
import type { Operation, OperationContext } from './operation.ts';
import { page } from './page.ts';
import type { QueueEngine } from './queue.ts';
import { changedAttributes, type QueueAttributes } from './queue-attributes.ts';
import { checkRedriveTarget } from './redrive.ts';

const queueOf = ({ directory }: OperationContext, input: Input): QueueEngine =>
  directory.byUrl(text(input, 'QueueUrl'));

const refuseDifference = (queue: QueueEngine, wanted: QueueAttributes): void => {
  for (const [name, value] of wanted)
    if (queue.record.attributes.get(name) !== value)
      throw new SqsError(
        'QueueNameExists',
        `A queue already exists with the same name and a different value for attribute ${name}`,
      );
};

const createQueue: Operation = ({ directory, url }, input) => {
  const name = text(input, 'QueueName');
  const changes = textMap(input, 'Attributes');
  const attributes = changedAttributes(changes);
  const existing = directory.find(name);
  if (existing) refuseDifference(existing, new Map(Object.entries(changes)));
  else {
    checkRedriveTarget(attributes, directory.arn(name), (arn) => directory.findByArn(arn)?.record);
    directory.create({ name, attributes, tags: { ...textMap(input, 'Tags'), ...textMap(input, 'tags') } });
  }
  return { reply: { QueueUrl: url(name) } };
};

const deleteQueue: Operation = (context, input) => {
  context.directory.remove(queueOf(context, input));
  return { reply: {} };
};

const getQueueUrl: Operation = ({ directory, url }, input) => {
  const name = text(input, 'QueueName');
  if (!directory.find(name)) throw noSuchQueue();
  return { reply: { QueueUrl: url(name) } };
};

const listQueues: Operation = ({ directory, url }, input) => {
  const prefix = optionalText(input, 'QueueNamePrefix') ?? '';
  const names = directory.all().map((queue) => queue.record.name);
  const { items, next } = page(
    names.filter((name) => name.startsWith(prefix)),
    input,
  );
  return { reply: { ...(items.length > 0 ? { QueueUrls: items.map(url) } : {}), ...next } };
};

const epochSeconds = (ms: number): string => String(Math.floor(ms / 1000));

const allAttributes = (queue: QueueEngine): Record<string, string> => {
  const { visible, inFlight, delayed } = queue.depth();
  return {
    ...Object.fromEntries(queue.record.attributes),
    QueueArn: queue.record.arn,
    CreatedTimestamp: epochSeconds(queue.record.createdAtMs),
    LastModifiedTimestamp: epochSeconds(queue.record.changedAtMs),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
};

const getQueueAttributes: Operation = (context, input) => {
  const names = textList(input, 'AttributeNames');
  const selected = Object.entries(allAttributes(queueOf(context, input))).filter(
    ([name]) => names.includes('All') || names.includes(name),
  );
  return { reply: selected.length > 0 ? { Attributes: Object.fromEntries(selected) } : {} };
};

const setQueueAttributes: Operation = (context, input) => {
  const queue = queueOf(context, input);
  const attributes = changedAttributes(textMap(input, 'Attributes'), queue.record.attributes);
  checkRedriveTarget(attributes, queue.record.arn, (arn) => context.directory.findByArn(arn)?.record);
  queue.record.configure({ attributes });
  return { reply: {} };
};

const purgeQueue: Operation = (context, input) => {
  queueOf(context, input).purge();
  return { reply: {} };
};

const tagQueue: Operation = (context, input) => {
  const { record } = queueOf(context, input);
  record.configure({ tags: { ...record.tags, ...textMap(input, 'Tags') } });
  return { reply: {} };
};

const untagQueue: Operation = (context, input) => {
  const { record } = queueOf(context, input);
  const keys = textList(input, 'TagKeys');
  record.configure({
    tags: Object.fromEntries(Object.entries(record.tags).filter(([key]) => !keys.includes(key))),
  });
  return { reply: {} };
};

const listQueueTags: Operation = (context, input) => ({
  reply: { Tags: queueOf(context, input).record.tags },
});

/** The actions on queues themselves. */
export const queueOperations = {
  CreateQueue: createQueue,
  DeleteQueue: deleteQueue,
  GetQueueUrl: getQueueUrl,
  ListQueues: listQueues,
  GetQueueAttributes: getQueueAttributes,
  SetQueueAttributes: setQueueAttributes,
  PurgeQueue: purgeQueue,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
  ListQueueTags: listQueueTags,
};
