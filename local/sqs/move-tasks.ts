import { randomUUID } from 'node:crypto';
import type { Cancel, Clock } from '../clock.ts';
import { SqsError } from './errors.ts';
import { renewed } from './message.ts';
import type { QueueEngine } from './queue.ts';
import type { QueueDirectory } from './queue-directory.ts';

type MoveStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

/** One redrive of a dead-letter queue. Without `destination` each message goes back to the queue it came from. */
export interface MoveTask {
  readonly handle: string;
  readonly source: QueueEngine;
  readonly destination: QueueEngine | undefined;
  readonly maxPerSecond: number | undefined;
  readonly startedAtMs: number;
  readonly toMove: number;
  moved: number;
  status: MoveStatus;
  failureReason?: string;
}

interface MoveRequest {
  readonly sourceArn: string;
  readonly destinationArn: string | undefined;
  readonly maxPerSecond: number | undefined;
}

const PER_SECOND_MAX = 500;
const STEP_MS = 50;
const TASKS_KEPT_PER_SOURCE = 10;

const notFound = (parameter: string): SqsError =>
  new SqsError(
    'ResourceNotFoundException',
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
  );

const handleOf = (sourceArn: string): string =>
  Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString('base64');

/** The redrives that run or ran. They live in memory: a restart ends those that run, and keeps what they moved. */
export class MoveTasks {
  readonly #directory: QueueDirectory;
  readonly #clock: Clock;
  readonly #timers = new Map<MoveTask, Cancel>();
  #tasks: readonly MoveTask[] = [];

  constructor(directory: QueueDirectory, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** Starts to move every visible message of the source; throws the `SqsError` of a request that cannot start. */
  start(request: MoveRequest): MoveTask {
    const source = this.#startableSource(request.sourceArn);
    const destination = this.#destination(request.destinationArn);
    const task: MoveTask = {
      handle: handleOf(request.sourceArn),
      source,
      destination,
      maxPerSecond: request.maxPerSecond,
      startedAtMs: this.#clock.now(),
      toMove: source.depth().visible,
      moved: 0,
      status: 'RUNNING',
    };
    this.#remember(task);
    this.#stepAfter(task, 0);
    return task;
  }

  /** The latest tasks of a source, at most ten, newest first. */
  list(sourceArn: string): readonly MoveTask[] {
    const source = this.#directory.findByArn(sourceArn);
    if (!source) throw notFound('SourceArn');
    return this.#tasks.filter((task) => task.source === source);
  }

  /** Stops a running task; what it moved stays moved. */
  cancel(handle: string): MoveTask {
    const task = this.#tasks.find((candidate) => candidate.handle === handle);
    if (!task) throw new SqsError('ResourceNotFoundException', 'Task does not exist.');
    if (task.status !== 'RUNNING')
      throw new SqsError('UnsupportedOperation', 'Only active tasks can be cancelled.');
    task.status = 'CANCELLING';
    return task;
  }

  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #remember(task: MoveTask): void {
    const others = this.#tasks.filter(({ source }) => source !== task.source);
    const earlier = this.#tasks.filter(({ source }) => source === task.source);
    this.#tasks = [task, ...earlier.slice(0, TASKS_KEPT_PER_SOURCE - 1), ...others];
  }

  #startableSource(arn: string): QueueEngine {
    const source = this.#directory.findByArn(arn);
    if (!source) throw notFound('SourceArn');
    if (this.#directory.sourcesOf(arn).length === 0)
      throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    const isActive = ({ status }: MoveTask) => status === 'RUNNING' || status === 'CANCELLING';
    if (this.list(arn).some(isActive))
      throw new SqsError(
        'UnsupportedOperation',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    return source;
  }

  #destination(arn: string | undefined): QueueEngine | undefined {
    if (arn === undefined) return undefined;
    const queue = this.#directory.findByArn(arn);
    if (!queue) throw notFound('DestinationArn');
    return queue;
  }

  #stepAfter(task: MoveTask, delayMs: number): void {
    this.#timers.set(
      task,
      this.#clock.after(delayMs, () => this.#step(task)),
    );
  }

  #step(task: MoveTask): void {
    this.#timers.delete(task);
    if (task.status === 'CANCELLING') task.status = 'CANCELLED';
    for (let left = this.#allowance(task); left > 0 && task.status === 'RUNNING'; left -= 1)
      this.#moveNext(task);
    if (task.status === 'RUNNING') this.#stepAfter(task, STEP_MS);
  }

  /** How many messages the rate allows now, given the time that passed and what has been moved. */
  #allowance({ maxPerSecond = PER_SECOND_MAX, startedAtMs, moved }: MoveTask): number {
    return Math.floor(((this.#clock.now() - startedAtMs) * maxPerSecond) / 1000) + 1 - moved;
  }

  #moveNext(task: MoveTask): void {
    const message = task.moved < task.toMove ? task.source.nextVisible() : undefined;
    if (!message) {
      task.status = 'COMPLETED';
      return;
    }
    const originArn = message.delivery.deadLetterSourceArn;
    const destination = task.destination ?? this.#directory.findByArn(originArn ?? '');
    if (!destination) {
      task.status = 'FAILED';
      task.failureReason = originArn
        ? 'AWS.SimpleQueueService.NonExistentQueue'
        : 'CouldNotDetermineMessageSource';
      return;
    }
    task.source.withdraw(message);
    destination.insert(renewed(message, this.#clock.now()));
    task.moved += 1;
  }
}
