import { CfnParameter } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** What an operator can set at deployment, without touching code. */
export class Parameters extends Construct {
  /** SHA-256 of each operator token in hex, separated by commas. Without one, nobody can call. */
  readonly operatorTokenHashes: string;
  /** Whether connections may point at this machine: for local development only. */
  readonly loopbackDestinations: string;
  readonly eventRetentionDays: string;
  readonly deliveryRetentionDays: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const parameter = (name: string, props: ConstructorParameters<typeof CfnParameter>[2]) => {
      const made = new CfnParameter(this, name, props);
      made.overrideLogicalId(name);
      return made.valueAsString;
    };
    const days = { allowedPattern: '^[1-9][0-9]{0,3}$', constraintDescription: 'Whole days, 1 to 9999.' };
    this.operatorTokenHashes = parameter('OperatorTokenHashes', {
      description: 'SHA-256 hashes of the operator tokens, in hex, separated by commas',
      default: '',
      noEcho: true,
    });
    this.loopbackDestinations = parameter('LoopbackDestinations', {
      description: 'Leave at refuse in any deployment: allow lets connections reach loopback addresses',
      default: 'refuse',
      allowedValues: ['allow', 'refuse'],
    });
    this.eventRetentionDays = parameter('EventRetentionDays', {
      ...days,
      description: 'How long events can be delivered, read and replayed',
      default: '90',
    });
    this.deliveryRetentionDays = parameter('DeliveryRetentionDays', {
      ...days,
      description: 'How long the record of a finished delivery is kept',
      default: '30',
    });
  }
}
