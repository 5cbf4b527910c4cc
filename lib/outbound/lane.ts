import { Duration, Stack } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { SECRETS_PURPOSE } from '../../contracts/secrets-purpose.ts';
import type { Env } from '../../functions/outbound/deliver/env.ts';
import { type Alarms, over } from '../alarms.ts';
import type { Parameters } from '../parameters.ts';
import { type ServiceFunction, serviceFunction } from '../service-function.ts';
import type { Storage } from '../storage.ts';

export interface LaneProps {
  readonly connectorType: string;
  readonly storage: Storage;
  readonly parameters: Parameters;
  readonly alarms: Alarms;
}

const TIMEOUT_SECONDS = 60;
// Longer than a worker can hold a row, far shorter than a message stays away.
const LEASE_SECONDS = TIMEOUT_SECONDS + 10;
// AWS advises six times the function's timeout.
const VISIBILITY_SECONDS = 6 * TIMEOUT_SECONDS + 10;
const RECEIVES_MAX = 6;
// At least 4, or a tenant's backlog never counts as noisy: fair queues look for 30 messages in flight.
const CONCURRENCY_MAX = 50;

/** The lanes by connector type, as JSON in a function's environment. */
export const urlsOf = (scope: Construct, lanes: ReadonlyMap<string, Lane>): string =>
  Stack.of(scope).toJsonString(
    Object.fromEntries([...lanes].map(([type, lane]) => [type, lane.queue.queueUrl])),
  );

/** One connector's way out: its queue, its quarantine and its workers, so that no connector waits for another. */
export class Lane extends Construct {
  readonly queue: Queue;
  readonly quarantine: Queue;
  readonly #deliver: ServiceFunction;

  constructor(scope: Construct, id: string, props: LaneProps) {
    super(scope, id);
    this.quarantine = new Queue(this, 'Quarantine', {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      redriveAllowPolicy: { redrivePermission: RedrivePermission.ALLOW_ALL },
    });
    this.queue = new Queue(this, 'Queue', {
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(VISIBILITY_SECONDS),
      receiveMessageWaitTime: Duration.seconds(20),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deadLetterQueue: { queue: this.quarantine, maxReceiveCount: RECEIVES_MAX },
    });
    this.#deliver = this.#makeDeliver(props);
    this.#grant(props.storage);
    new EventSourceMapping(this, 'Source', {
      target: this.#deliver.lambda,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      maxConcurrency: CONCURRENCY_MAX,
      reportBatchItemFailures: true,
    });
    this.#watch(props.alarms);
  }

  #makeDeliver({ connectorType, storage, parameters }: LaneProps): ServiceFunction {
    return serviceFunction<Env>(this, 'Deliver', {
      folder: 'outbound/deliver',
      description: `Delivers events over ${connectorType} connections`,
      timeout: Duration.seconds(TIMEOUT_SECONDS),
      // Retries go round through the lane; attempts and a day of throttling bound them.
      recursive: true,
      environment: {
        CONNECTOR_TYPE: connectorType,
        CONNECTIONS_TABLE: storage.connections.tableName,
        SECRETS_TABLE: storage.secrets.tableName,
        OUTBOX_TABLE: storage.outbox.tableName,
        DELIVERIES_TABLE: storage.deliveries.tableName,
        LIMITS_TABLE: storage.limits.tableName,
        KEY_ID: storage.key.keyArn,
        LANE_URL: this.queue.queueUrl,
        QUARANTINE_URL: this.quarantine.queueUrl,
        LEASE_SECONDS: String(LEASE_SECONDS),
        DELIVERY_RETENTION_DAYS: parameters.deliveryRetentionDays,
        LOOPBACK_DESTINATIONS: parameters.loopbackDestinations,
      },
    });
  }

  #grant(storage: Storage): void {
    const { connections, secrets, outbox, deliveries, limits, key } = storage;
    this.#deliver.allowForTenant(
      ['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      [connections.tableArn],
    );
    this.#deliver.allowForTenant(['dynamodb:GetItem'], [secrets.tableArn]);
    this.#deliver.allowForTenant(['dynamodb:BatchGetItem'], [outbox.tableArn]);
    this.#deliver.allowForTenant(['dynamodb:UpdateItem'], [deliveries.tableArn, limits.tableArn]);
    this.#deliver.allowForTenant(['kms:Decrypt'], [key.keyArn], [SECRETS_PURPOSE]);
    this.#deliver.allow(['sqs:SendMessage'], [this.queue.queueArn, this.quarantine.queueArn]);
    this.#deliver.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      [this.queue.queueArn],
    );
  }

  #watch(alarms: Alarms): void {
    const minutes = Duration.minutes(5);
    alarms.add(this, {
      name: 'Quarantined',
      metric: this.quarantine.metricApproximateNumberOfMessagesVisible(over(minutes, 'Maximum')),
      above: 0,
    });
    alarms.add(this, {
      name: 'LaneBehind',
      metric: this.queue.metricApproximateAgeOfOldestMessage(over(minutes, 'Maximum')),
      above: Duration.minutes(15).toSeconds(),
    });
    alarms.add(this, {
      name: 'DeliverFails',
      metric: this.#deliver.lambda.metricErrors(over(minutes, 'Sum')),
      above: 0,
      periods: 2,
    });
  }
}
