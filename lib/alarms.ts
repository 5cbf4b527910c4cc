import { type Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface AlarmProps {
  /** The runbook's heading: what is wrong, as a name. */
  readonly name: string;
  readonly metric: Metric;
  /** Rings above this. */
  readonly above: number;
  /** For so many periods in a row. @default 1 */
  readonly periods?: number;
}

/** All alarms ring on one topic; each says which heading of the runbook helps. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Crossdock alarms', enforceSSL: true });
    // A topic with a policy of its own loses the default one, which let the account's alarms publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }

  add(scope: Construct, { name, metric, above, periods = 1 }: AlarmProps): void {
    const alarm = new Alarm(scope, `${name}Alarm`, {
      alarmDescription: `${scope.node.path}: see docs/runbook.md#${name.toLowerCase()}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}

/** How a metric is read for an alarm. */
export const over = (period: Duration, statistic: 'Sum' | 'Maximum') => ({ period, statistic });
