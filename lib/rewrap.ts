import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { PLATFORM_INDEX } from '../contracts/platform-index.ts';
import { PROVIDER_PURPOSE, SECRETS_PURPOSE, TOKENS_PURPOSE } from '../contracts/secrets-purpose.ts';
import type { Env } from '../functions/connections/rewrap/env.ts';
import { type Alarms, over } from './alarms.ts';
import { type ServiceFunction, serviceFunction } from './service-function.ts';
import type { Storage } from './storage.ts';

export interface RewrapProps {
  readonly storage: Storage;
  readonly alarms: Alarms;
}

/** The function that goes on with a rewrap of all data keys, every five minutes; it costs one read when there is none. */
export class Rewrap extends Construct {
  readonly #function: ServiceFunction;

  constructor(scope: Construct, id: string, { storage, alarms }: RewrapProps) {
    super(scope, id);
    this.#function = serviceFunction<Env>(this, 'Rewrap', {
      folder: 'connections/rewrap',
      description: 'Wraps data keys anew after a rotation of the key',
      // A runner's lease is longer than this.
      timeout: Duration.seconds(60),
      environment: {
        CONNECTIONS_TABLE: storage.connections.tableName,
        SECRETS_TABLE: storage.secrets.tableName,
        KEY_ID: storage.key.keyArn,
      },
    });
    this.#grant(storage);
    new Rule(this, 'Schedule', {
      description: 'Goes on with the rewrap that is running',
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaFunction(this.#function.lambda)],
    });
    alarms.add(this, {
      name: 'RewrapFails',
      metric: this.#function.lambda.metricErrors(over(Duration.minutes(5), 'Sum')),
      above: 0,
    });
  }

  #grant({ connections, secrets, key }: Storage): void {
    this.#function.allow(
      ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
      [connections.tableArn],
    );
    this.#function.allow(['dynamodb:Query'], [`${connections.tableArn}/index/${PLATFORM_INDEX.name}`]);
    this.#function.allow(['dynamodb:Query', 'dynamodb:UpdateItem'], [secrets.tableArn]);
    // From the key to itself: it can open nothing, and wrap nothing for another key or purpose.
    this.#function.allow(['kms:ReEncryptFrom', 'kms:ReEncryptTo'], [key.keyArn], {
      StringEquals: {
        'kms:EncryptionContext:purpose': [PROVIDER_PURPOSE, SECRETS_PURPOSE, TOKENS_PURPOSE],
      },
    });
  }
}
