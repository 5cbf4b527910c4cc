import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { S3OnFailureDestination } from 'aws-cdk-lib/aws-lambda-event-sources';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Env } from '../../functions/outbound/dispatch/env.ts';
import { type Alarms, over } from '../alarms.ts';
import type { Parameters } from '../parameters.ts';
import { type ServiceFunction, serviceFunction } from '../service-function.ts';
import type { Storage } from '../storage.ts';
import { type Lane, urlsOf } from './lane.ts';

export interface DispatchProps {
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly storage: Storage;
  readonly parameters: Parameters;
  readonly alarms: Alarms;
}

/** The outbox's stream, and the function that turns its events into deliveries. */
export class Dispatch extends Construct {
  readonly #function: ServiceFunction;
  /** What dispatch could not take after all retries, whole. */
  readonly #failures: Bucket;

  constructor(scope: Construct, id: string, props: DispatchProps) {
    super(scope, id);
    this.#function = this.#makeFunction(props);
    this.#failures = new Bucket(this, 'Failures', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    this.#grant(props);
    this.#listen(props.storage);
    this.#watch(props.alarms);
  }

  #makeFunction({ lanes, storage, parameters }: DispatchProps): ServiceFunction {
    return serviceFunction<Env>(this, 'Dispatch', {
      folder: 'outbound/dispatch',
      description: 'Turns published events into deliveries',
      timeout: Duration.seconds(30),
      environment: {
        CONNECTIONS_TABLE: storage.connections.tableName,
        DELIVERIES_TABLE: storage.deliveries.tableName,
        DELIVERY_RETENTION_DAYS: parameters.deliveryRetentionDays,
        EVENT_RETENTION_DAYS: parameters.eventRetentionDays,
        LANES: urlsOf(this, lanes),
      },
    });
  }

  #grant({ lanes, storage }: DispatchProps): void {
    const { account } = Stack.of(this);
    this.#function.allowForTenant(['dynamodb:Query'], [storage.connections.tableArn]);
    this.#function.allowForTenant(['dynamodb:PutItem'], [storage.deliveries.tableArn]);
    this.#function.allow(
      ['sqs:SendMessage'],
      [...lanes.values()].map((lane) => lane.queue.queueArn),
    );
    this.#function.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      [storage.outbox.tableStreamArn ?? ''],
    );
    // The event source mapping asks for it, and the action knows no resource.
    this.#function.allow(['dynamodb:ListStreams'], ['*']);
    const ours = { StringEquals: { 's3:ResourceAccount': account } };
    this.#function.allow(['s3:PutObject'], [this.#failures.arnForObjects('*')], ours);
    this.#function.allow(['s3:ListBucket'], [this.#failures.bucketArn], ours);
  }

  #listen(storage: Storage): void {
    new EventSourceMapping(this, 'Source', {
      target: this.#function.lambda,
      eventSourceArn: storage.outbox.tableStreamArn ?? '',
      // LATEST would miss what is written while the mapping is made or changed.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: 4,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 20,
      maxRecordAge: Duration.hours(6),
      onFailure: new S3OnFailureDestination(this.#failures),
      // Deletions by TTL are in the stream too, and are nobody's event.
      filters: [{ pattern: JSON.stringify({ eventName: ['INSERT'] }) }],
    });
  }

  #watch(alarms: Alarms): void {
    const metrics = this.#function.lambda;
    const minute = Duration.minutes(1);
    alarms.add(this, {
      name: 'DispatchBehind',
      metric: metrics.metric('IteratorAge', over(minute, 'Maximum')),
      above: Duration.minutes(1).toMilliseconds(),
      periods: 3,
    });
    alarms.add(this, {
      name: 'DispatchFails',
      metric: metrics.metricErrors(over(Duration.minutes(5), 'Sum')),
      above: 0,
      periods: 2,
    });
  }
}
