import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { PARKED_INDEX } from '../../contracts/parked-index.ts';
import { WAITING_INDEX } from '../../contracts/waiting-index.ts';
import type { Env } from '../../functions/outbound/sweep/env.ts';
import { type Alarms, over } from '../alarms.ts';
import { type ServiceFunction, serviceFunction } from '../service-function.ts';
import type { Storage } from '../storage.ts';
import { type Lane, urlsOf } from './lane.ts';

export interface SweepProps {
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly storage: Storage;
  readonly alarms: Alarms;
}

/** Each minute it brings deliveries back to their lanes that no queue holds. */
export class Sweep extends Construct {
  readonly #function: ServiceFunction;

  constructor(scope: Construct, id: string, props: SweepProps) {
    super(scope, id);
    this.#function = this.#makeFunction(props);
    this.#grant(props);
    new Rule(this, 'Minute', {
      description: 'Sweeps deliveries back to their lanes',
      schedule: Schedule.rate(Duration.minutes(1)),
      // A sweep that failed is made good by the next one.
      targets: [new LambdaFunction(this.#function.lambda, { retryAttempts: 0 })],
    });
    this.#watch(props.alarms);
  }

  #makeFunction({ lanes, storage }: SweepProps): ServiceFunction {
    return serviceFunction<Env>(this, 'Sweep', {
      folder: 'outbound/sweep',
      description: 'Brings deliveries back to their lanes that no queue holds',
      // It stops taking on more after 45 seconds.
      timeout: Duration.seconds(60),
      environment: {
        CONNECTIONS_TABLE: storage.connections.tableName,
        DELIVERIES_TABLE: storage.deliveries.tableName,
        LIMITS_TABLE: storage.limits.tableName,
        LANES: urlsOf(this, lanes),
      },
    });
  }

  #grant({ lanes, storage: { connections, deliveries, limits } }: SweepProps): void {
    this.#function.allow(
      ['dynamodb:Query'],
      [
        connections.tableArn,
        `${deliveries.tableArn}/index/${WAITING_INDEX.name}`,
        `${limits.tableArn}/index/${PARKED_INDEX.name}`,
      ],
    );
    this.#function.allow(['dynamodb:UpdateItem'], [deliveries.tableArn]);
    this.#function.allow(
      ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
      [limits.tableArn],
    );
    const queues = [...lanes.values()].map(({ queue }) => queue.queueArn);
    this.#function.allow(['sqs:SendMessage'], queues);
  }

  #watch(alarms: Alarms): void {
    alarms.add(this, {
      name: 'SweepFails',
      metric: this.#function.lambda.metricErrors(over(Duration.minutes(5), 'Sum')),
      above: 0,
      periods: 2,
    });
  }
}
