import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { PARKED_INDEX } from '../contracts/parked-index.ts';
import { PLATFORM_INDEX } from '../contracts/platform-index.ts';
import { WAITING_INDEX } from '../contracts/waiting-index.ts';

export interface StorageProps {
  /** Keep the data when the stack goes. */
  readonly protect: boolean;
}

interface IndexNames {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

const keysOf = ({ name, partitionKey, sortKey }: IndexNames) => ({
  indexName: name,
  partitionKey: { name: partitionKey, type: AttributeType.STRING },
  sortKey: { name: sortKey, type: AttributeType.STRING },
});

/** The tables and the key. Every partition key starts with the tenant: `T#<tenant>#…`, or with `T#platform#…`. */
export class Storage extends Construct {
  /** Tenant settings, connections, principals, activity, and connects under way. Its one index is sparse and lists across tenants. */
  readonly connections: Table;
  /** Sealed secrets, apart from all else, so that only the functions that need them may read them. */
  readonly secrets: Table;
  /** Events, immutable. Its stream drives dispatch. */
  readonly outbox: Table;
  /** Delivery rows and the journal. Its one index is sparse and lists the rows that no queue holds. */
  readonly deliveries: Table;
  /** What is known of connections from moment to moment. Its one index is sparse and lists those with parked deliveries. */
  readonly limits: Table;
  /** Wraps the data keys of secrets. */
  readonly key: Key;

  constructor(scope: Construct, id: string, props: StorageProps) {
    super(scope, id);
    const removalPolicy = props.protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const table = (name: string, more: { readonly ttl?: boolean; readonly stream?: boolean } = {}) =>
      new Table(this, name, {
        partitionKey: { name: 'pk', type: AttributeType.STRING },
        sortKey: { name: 'sk', type: AttributeType.STRING },
        billingMode: BillingMode.PAY_PER_REQUEST,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        deletionProtection: props.protect,
        removalPolicy,
        ...(more.ttl ? { timeToLiveAttribute: 'expires' } : {}),
        ...(more.stream ? { stream: StreamViewType.NEW_IMAGE } : {}),
      });
    this.connections = table('Connections', { ttl: true });
    this.connections.addGlobalSecondaryIndex({
      ...keysOf(PLATFORM_INDEX),
      // A change that leaves the keys as they are costs the index nothing.
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.secrets = table('Secrets', { ttl: true });
    this.outbox = table('Outbox', { ttl: true, stream: true });
    this.deliveries = table('Deliveries', { ttl: true });
    this.deliveries.addGlobalSecondaryIndex({
      ...keysOf(WAITING_INDEX),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...WAITING_INDEX.included],
    });
    this.limits = table('Limits', { ttl: true });
    this.limits.addGlobalSecondaryIndex({
      ...keysOf(PARKED_INDEX),
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.key = new Key(this, 'Key', {
      description: "Wraps the data keys of connections' secrets",
      enableKeyRotation: true,
      removalPolicy,
    });
  }
}
